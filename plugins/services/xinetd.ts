import type { Service } from "../../src/mod.ts";

export default {
  kind: "service",
  name: "xinetd",
  version: "1.0.0",
  api: "^1",
  summary: "sends back what it gets: by itself over UDP, with a process of cat over TCP",
  type: "iut",
  speaks: [{ protocol: "echo", versions: ["tcp", "udp"], role: "server" }],
  program: "xinetd",
  package: "xinetd",
  asksVersion: ["-version"],
  files: ({ ports }) => ({
    "xinetd.conf": ports.map(({ transport, port }) =>
      `service echo
{
  id = echo-${transport}
  protocol = ${transport}
  port = ${port}
  flags = IPv6 NOLIBWRAP
  bind = ::
  instances = UNLIMITED
  ${HOW[transport].join("\n  ")}
}
`
    ).join(""),
  }),
  arguments: ({ folder }) => [
    ...["-dontfork", "-f", `${folder}/xinetd.conf`, "-filelog", "/dev/stderr"],
    ...["-pidfile", `${folder}/xinetd.pid`],
  ],
  ready: "Started working",
} satisfies Service;

/**
 * Its own echo over TCP looks up the name of every client first, which takes seconds where nobody
 * answers. Without `cps` it would rest for ten seconds after 50 connections in one.
 */
const HOW = {
  tcp: [
    ...["type = UNLISTED", "socket_type = stream", "wait = no"],
    ...["user = root", "server = /bin/cat", "cps = 1000000 1"],
  ],
  udp: ["type = INTERNAL UNLISTED", "socket_type = dgram", "wait = yes"],
} as const;
