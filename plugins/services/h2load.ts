import type { Service } from "../../src/mod.ts";
import { urlOf } from "./shared/url.ts";

/** How it is told a version of HTTP. */
const VERSIONS: Readonly<Record<string, readonly string[]>> = {
  "1.1": ["--h1"],
  "1.1-tls": ["--h1"],
  "2": ["--npn-list=h2"],
  "2-cleartext": ["--no-tls-proto=h2c"],
};

/** Seconds of its units. */
const UNITS: Readonly<Record<string, number>> = { us: 1e-6, ms: 1e-3, s: 1 };

const COUNTS = /^requests: (\d+) total, \d+ started, \d+ done, (\d+) succeeded/m;
const FINISHED = /^finished in ([\d.]+)(us|ms|s), /m;
const TRAFFIC = /^traffic: \S+ \((\d+)\) total/m;
/** Least, most, mean. */
const TIMES = /^time for request: +\S+ +\S+ +([\d.]+)(us|ms|s) /m;

export default {
  kind: "service",
  name: "h2load",
  version: "1.0.0",
  api: "^1",
  summary: "asks for a page many times, over several connections at once",
  type: "tester",
  takesTurns: true,
  speaks: [
    { protocol: "http", versions: ["1.1", "1.1-tls", "2", "2-cleartext"], role: "client" },
  ],
  program: "h2load",
  package: "nghttp2-client",
  asksVersion: ["--version"],
  options: {
    path: { type: "string", summary: "the path of the page", default: "/" },
    requests: { type: "integer", summary: "how many in all", default: 100, minimum: 1 },
    clients: {
      type: "integer",
      summary: "connections, no more than requests",
      default: 2,
      minimum: 1,
    },
    streams: {
      type: "integer",
      summary: "requests that are under way at once on each connection",
      default: 1,
      minimum: 1,
    },
    seconds: {
      type: "integer",
      summary: "seconds that a connection may take",
      default: 10,
      minimum: 1,
    },
  },
  conditions: {
    "h2load.requests.all": "all requests were answered with a status below 400",
    "h2load.requests.some": "some were, and some were not",
    "h2load.requests.none": "none was",
  },
  arguments({ target, options }) {
    const url = urlOf(target!, String(options.path));
    return [
      ...VERSIONS[target!.port.version]!,
      ...["-n", String(options.requests), "-c", String(options.clients)],
      ...["-m", String(options.streams)],
      ...["-T", String(options.seconds), "-N", String(options.seconds)],
      // It leaves out the brackets of IPv6 addresses, which servers then refuse
      ...["-H", `:authority:${new URL(url).host}`],
      url,
    ];
  },
  outcome({ stdout }) {
    const [, total = "0", succeeded = "0"] = COUNTS.exec(stdout) ?? [];
    const [requests, answers] = [Number(total), Number(succeeded)];
    const which = answers === 0 ? "none" : answers < requests ? "some" : "all";
    const seconds = secondsIn(stdout, FINISHED);
    return {
      conditions: [`h2load.requests.${which}`],
      metrics: {
        requests,
        answers,
        ...(answers > 0 && {
          seconds,
          answers_per_second: answers / seconds,
          answer_seconds: secondsIn(stdout, TIMES),
          octets: Number(TRAFFIC.exec(stdout)?.[1]),
        }),
      },
    };
  },
} satisfies Service;

function secondsIn(stdout: string, pattern: RegExp): number {
  const [, value = "", unit = ""] = pattern.exec(stdout) ?? [];
  return Number(value) * UNITS[unit]!;
}
