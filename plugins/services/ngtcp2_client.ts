import type { Service } from "../../src/mod.ts";
import { urlOf } from "./shared/url.ts";

/** A line of its log with the milliseconds since its begin. */
const STAMP = /^I(\d{8}) /;

export default {
  kind: "service",
  name: "ngtcp2-client",
  version: "1.0.0",
  api: "^1",
  summary: "asks for one page over HTTP/3, with ngtcp2, and says what it saw of ECN",
  references: ["RFC 9114", "RFC 9000"],
  type: "tester",
  speaks: [
    { protocol: "quic", versions: ["1"], role: "client" },
    { protocol: "http", versions: ["3"], role: "client" },
  ],
  program: "gtlsclient",
  package: "ngtcp2-client",
  options: {
    path: { type: "string", summary: "the path of the page", default: "/index.html" },
    seconds: {
      type: "integer",
      summary: "seconds that the handshake may take, and that nothing may come",
      default: 5,
      minimum: 1,
    },
  },
  conditions: {
    "ngtcp2-client.handshake.completed": "a connection of QUIC came about",
    "ngtcp2-client.handshake.failed": "it did not",
    "ngtcp2-client.request.succeeded": "the whole page came, with a status below 400",
    "ngtcp2-client.request.failed": "it did not",
    "ngtcp2-client.ecn.validated": "the server has counted the marks of what it was sent: ECT(0)",
    "ngtcp2-client.ecn.failed": "it has not, or not as they were",
    "ngtcp2-client.ecn.ce": "the server has counted packets with CE, or one came",
  },
  arguments: ({ target, options }) => [
    ...["--exit-on-all-streams-close", "--no-quic-dump", "--no-http-dump"],
    ...[`--handshake-timeout=${options.seconds}s`, `--timeout=${options.seconds}s`],
    ...[target!.address, String(target!.port.port), urlOf(target!, String(options.path))],
  ],
  outcome({ status, stdout, stderr, late }) {
    const lines = `${stdout}\n${stderr}`.split("\n");
    const handshake = lines.findIndex((line) => line === "QUIC handshake has completed");
    const answer = lines.findIndex((line) =>
      /^http: stream 0x0 \[:status: [123]\d\d\]$/.test(line)
    );
    const end = lines.findIndex((line) => line.startsWith("HTTP stream 0 closed"));
    const isGood = status === 0 && !late && answer >= 0 && end >= 0;
    return {
      conditions: [
        `ngtcp2-client.handshake.${handshake < 0 ? "failed" : "completed"}`,
        `ngtcp2-client.request.${isGood ? "succeeded" : "failed"}`,
        ...ecnOf(lines),
      ],
      metrics: {
        ...(handshake >= 0 && { handshake_seconds: secondsAt(lines, handshake) }),
        ...(isGood && { seconds: secondsAt(lines, end) }),
      },
    };
  },
} satisfies Service;

/** What its log says of ECN (RFC 9000, section 13.4). */
function ecnOf(lines: readonly string[]): readonly string[] {
  const has = (pattern: RegExp) => lines.some((line) => pattern.test(line));
  return [
    ...(has(/ path is ECN capable$/) ? ["ngtcp2-client.ecn.validated"] : []),
    ...(has(/ path is not ECN capable$/) ? ["ngtcp2-client.ecn.failed"] : []),
    ...(has(/ frm rx .* ACK\(.* ce=[1-9]|^Received packet: .* ecn=0x3 /)
      ? ["ngtcp2-client.ecn.ce"]
      : []),
  ];
}

/** The time of a line, by the last one before it that has one. */
function secondsAt(lines: readonly string[], at: number): number {
  const stamped = lines.slice(0, at + 1).findLast((line) => STAMP.test(line)) ?? "";
  return Number(STAMP.exec(stamped)?.[1] ?? 0) / 1000;
}
