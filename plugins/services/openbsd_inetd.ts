import type { Service } from "../../src/mod.ts";

/** The port of echo, which it looks up by its name. */
const PORT = 7;

export default {
  kind: "service",
  name: "openbsd-inetd",
  version: "1.0.0",
  api: "^1",
  summary: "sends back what it gets, on port 7; over UDP to other hosts alone",
  references: ["RFC 862"],
  type: "iut",
  speaks: [{ protocol: "echo", versions: ["tcp", "udp"], role: "server" }],
  program: "inetd",
  package: "openbsd-inetd",
  files: ({ ports }) => {
    if (ports.some(({ port }) => port !== PORT)) {
      throw new Error(`it has echo on port ${PORT} alone`);
    }
    // It opens sockets in this order: where TCP answers, so does UDP
    return {
      "inetd.conf": ports.toSorted((a, b) => b.transport.localeCompare(a.transport))
        .map(({ transport }) => `echo ${HOW[transport]} root internal\n`).join(""),
    };
  },
  // Without a rate it would rest for ten minutes after 256 connections in one
  arguments: ({ folder }) => ["-i", "-R", "1000000", "-q", "1024", `${folder}/inetd.conf`],
} satisfies Service;

const HOW = { tcp: "stream tcp nowait", udp: "dgram udp wait" } as const;
