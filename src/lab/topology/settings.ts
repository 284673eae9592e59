import type { PlannedNode } from "./network_plan.ts";

/** Settings of each host. A new namespace takes some of them from the machine's own. */
const EVERY: Readonly<Record<string, string>> = {
  "net.ipv4.tcp_ecn": "2",
  // All measurements come from one host, which would soon hit the rate limit of ICMP errors
  "net.ipv4.icmp_ratemask": "0",
  "net.ipv6.icmp.ratelimit": "0",
};

/**
 * Settings of each interface, and of all together. With duplicate address detection a node would answer
 * no neighbour for a second.
 */
const INTERFACE: Readonly<Record<string, string>> = {
  "net.ipv6.conf.*.disable_ipv6": "0",
  "net.ipv6.conf.*.accept_dad": "0",
  "net.ipv4.conf.*.rp_filter": "0",
};

const ROUTER: Readonly<Record<string, string>> = {
  "net.ipv4.ip_forward": "1",
  "net.ipv6.conf.all.forwarding": "1",
  // Of several equal ways, a flow takes one by its ports too
  "net.ipv4.fib_multipath_hash_policy": "1",
  "net.ipv6.fib_multipath_hash_policy": "1",
};

const HOST: Readonly<Record<string, string>> = {
  // A namespace may have it from the machine
  "net.ipv4.ip_forward": "0",
  "net.ipv6.conf.all.forwarding": "0",
  // Many for connections, and some for forged packets
  "net.ipv4.ip_local_port_range": "1024 60999",
  "net.ipv4.fib_multipath_hash_policy": "1",
  "net.ipv6.fib_multipath_hash_policy": "1",
};

const SERVER: Readonly<Record<string, string>> = {
  // With a backlog for every handshake there are no SYN cookies, which would lose the ECN state
  "net.core.somaxconn": "65535",
  "net.ipv4.tcp_max_syn_backlog": "65535",
  // Lets a server name any address that it serves as the source of a datagram
  "net.ipv6.ip_nonlocal_bind": "1",
  "net.ipv4.tcp_fastopen": "3",
};

/** The kernel's settings in a node's namespace; those of the file come last. */
export function settingsOf(
  { isRouter, interfaces, serves, sysctls, boxes }: PlannedNode,
): Record<string, string> {
  // Those of links are there already, and have taken the machine's defaults
  const links = interfaces.filter(({ link }) => !link.tunnel).map(({ name }) => name);
  const names = ["all", "default", ...links];
  return {
    ...Object.fromEntries(
      names.flatMap((name) =>
        Object.entries(INTERFACE).map(([key, value]) => [key.replace("*", name), value])
      ),
    ),
    ...EVERY,
    ...(isRouter ? ROUTER : HOST),
    ...(serves.length > 0 ? SERVER : {}),
    ...Object.assign({}, ...boxes.map(({ box }) => box.sysctls ?? {})),
    ...sysctls,
  };
}
