import type { Service } from "../../src/mod.ts";

export default {
  kind: "service",
  name: "dnsmasq",
  version: "1.0.0",
  api: "^1",
  summary: "small DNS server, which answers any name below example with one address",
  type: "iut",
  speaks: [{ protocol: "dns", versions: ["udp", "tcp"], role: "server" }],
  program: "dnsmasq",
  package: "dnsmasq-base",
  asksVersion: ["--version"],
  arguments: ({ folder, ports }) => {
    if (ports.length < 2) throw new Error("dnsmasq speaks udp and tcp, and neither of them alone");
    return [
      ...["--keep-in-foreground", "--conf-file=/dev/null", "--user=root", "--log-facility=-"],
      ...["--no-resolv", "--no-hosts", `--pid-file=${folder}/dnsmasq.pid`],
      `--port=${ports[0]!.port}`,
      ...["--address=/example/192.0.2.1", "--address=/example/2001:db8::1"],
    ];
  },
} satisfies Service;
