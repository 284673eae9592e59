import { run } from "../../src/host/run.ts";
import type { TargetLab } from "./target_lab.ts";

/** The client's end of a second way to the first router, as a tunnel's would be. */
const TUNNEL = "tun0";

/** Addresses of both ends, by IP version. */
export const TUNNEL_ENDS = {
  4: { client: "10.30.0.1", router: "10.30.0.2" },
  6: { client: "fd30::1", router: "fd30::2" },
} as const;

/** What `ip` puts before its words for a family. */
export const FAMILY_WORD = { 4: "-4 ", 6: "-6 " } as const;

/** Runs `ip` in the client's namespace. */
export function clientIp(lab: TargetLab, words: string): string {
  return run("ip", ["-n", lab.client, ...words.trim().split(" ")]);
}

/** Gives a lab's client a second interface that leads to the first router, with no route through it yet. */
export function addTunnel(lab: TargetLab): void {
  const router = lab.routers[0]!;
  const ends = [
    { host: lab.client, dev: TUNNEL, end: "client" },
    { host: router, dev: "peer", end: "router" },
  ] as const;
  clientIp(lab, `link add ${TUNNEL} index 50 type veth peer name peer index 51 netns ${router}`);
  for (const { host, dev, end } of ends) {
    const lines = [
      `address add ${TUNNEL_ENDS[4][end]}/30 dev ${dev}`,
      `address add ${TUNNEL_ENDS[6][end]}/64 dev ${dev} nodad`,
      `link set dev ${dev} up`,
    ];
    run("ip", ["-n", host, "-batch", "-"], lines.join("\n"));
  }
}

/** Sends all by the tunnel as wg-quick does for an AllowedIPs of everything. */
export function routeAsWgQuick(lab: TargetLab): void {
  for (const family of [4, 6] as const) {
    const ip = (words: string) => clientIp(lab, FAMILY_WORD[family] + words);
    ip(`route add default via ${TUNNEL_ENDS[family].router} table 51820`);
    ip("rule add not fwmark 0xca6c table 51820");
    ip("rule add table main suppress_prefixlength 0");
  }
}

/** Sends all by the tunnel as Tailscale does for an exit node. */
export function routeAsTailscale(lab: TargetLab): void {
  for (const family of [4, 6] as const) {
    const ip = (words: string) => clientIp(lab, FAMILY_WORD[family] + words);
    ip(`route add default via ${TUNNEL_ENDS[family].router} table 52`);
    ip("rule add pref 5210 fwmark 0x80000/0xff0000 lookup main");
    ip("rule add pref 5230 fwmark 0x80000/0xff0000 lookup default");
    ip("rule add pref 5250 fwmark 0x80000/0xff0000 unreachable");
    ip("rule add pref 5270 lookup 52");
  }
}
