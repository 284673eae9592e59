import type { Service } from "../../src/mod.ts";

export default {
  kind: "service",
  name: "unbound",
  version: "1.0.0",
  api: "^1",
  summary: "DNS server with a zone of its own, which answers from the address that was asked",
  type: "iut",
  speaks: [{ protocol: "dns", versions: ["udp", "tcp"], role: "server" }],
  program: "unbound",
  package: "unbound",
  asksVersion: ["-V"],
  options: {
    record: {
      type: "string",
      repeated: true,
      summary: "a record of its zone, as in a zone file whose origin is the root",
    },
    refuse: {
      type: "string",
      repeated: true,
      summary: "a name of which, and of what is below it, nothing is told",
    },
  },
  files: ({ folder, ports, options }) => ({
    // Only with `interface-automatic` does an answer come from the address that was asked
    "unbound.conf": `server:
  interface: 0.0.0.0
  interface: ::
  interface-automatic: yes
  port: ${ports[0]!.port}
  access-control: 0.0.0.0/0 allow
  access-control: ::/0 allow
  num-threads: 2
  so-reuseport: yes
  incoming-num-tcp: 4096
  outgoing-range: 64
  so-rcvbuf: 4m
  do-udp: ${ports.some(({ version }) => version === "udp") ? "yes" : "no"}
  do-tcp: ${ports.some(({ version }) => version === "tcp") ? "yes" : "no"}
  do-daemonize: no
  module-config: "iterator"
  username: ""
  chroot: ""
  directory: "${folder}"
  pidfile: "${folder}/unbound.pid"
  use-syslog: no
  logfile: ""
${
      listed(options.refuse).map((name) => `  local-zone: "${name}" always_refuse\n`).join("")
    }auth-zone:
  name: "."
  for-upstream: no
  for-downstream: yes
  zonefile: "${folder}/zone"
remote-control:
  control-enable: no
`,
    "zone": `$ORIGIN .
$TTL 60
@ SOA ns.example root.example 1 60 60 60 60
@ NS ns.example
${(listed(options.record).length > 0 ? listed(options.record) : USUAL).join("\n")}
`,
  }),
  arguments: ({ folder }) => ["-d", "-p", "-c", `${folder}/unbound.conf`],
} satisfies Service;

/** What it answers where nothing else is given. */
const USUAL = ["*.example A 192.0.2.1", "*.example AAAA 2001:db8::1"];

function listed(given: unknown): readonly string[] {
  return Array.isArray(given) ? given : [];
}
