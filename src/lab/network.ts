import type { Journal } from "../host/journal.ts";
import { run } from "../host/run.ts";
import { PREFIX } from "../host/undo.ts";
import { waitFor } from "../host/wait.ts";

/** IPv4 targets: all of these addresses are local on the server. */
export const TARGETS_4 = "10.20.0.0/16";

/** IPv6 targets: all of these addresses are local on the server. */
const TARGETS_6 = "fd53:7069:6465:20::/64";

/** The client's interface, towards the first router. */
export const CLIENT_INTERFACE = "lab0";

/** Settings of each host. A new namespace takes some of them from the machine's own. */
const SETTINGS: Readonly<Record<string, string>> = {
  "net/ipv6/conf/all/disable_ipv6": "0",
  "net/ipv6/conf/default/disable_ipv6": "0",
  "net/ipv6/conf/all/accept_dad": "0",
  "net/ipv6/conf/default/accept_dad": "0",
  "net/ipv4/conf/all/rp_filter": "0",
  "net/ipv4/conf/default/rp_filter": "0",
  "net/ipv4/tcp_ecn": "2",
};

const ROUTER_SETTINGS: Readonly<Record<string, string>> = {
  "net/ipv4/ip_forward": "1",
  "net/ipv6/conf/all/forwarding": "1",
  // All measurements come from one client, which would soon hit the rate limit of ICMP errors.
  "net/ipv4/icmp_ratemask": "0",
  "net/ipv6/icmp/ratelimit": "0",
};

const CLIENT_SETTINGS: Readonly<Record<string, string>> = {
  // Many for connections, and some for forged packets
  "net/ipv4/ip_local_port_range": "1024 60999",
};

const SERVER_SETTINGS: Readonly<Record<string, string>> = {
  // With a backlog for every handshake there are no SYN cookies, which would lose the ECN state.
  "net/core/somaxconn": "65535",
  "net/ipv4/tcp_max_syn_backlog": "65535",
  // Lets a server name any target's address as the source of a datagram; IPv4 allows it anyway.
  "net/ipv6/ip_nonlocal_bind": "1",
  "net/ipv4/tcp_fastopen": "3",
};

/** The names of the namespaces that make up a lab. */
export interface Network {
  readonly client: string;
  /** From the client to the server. */
  readonly routers: readonly string[];
  readonly server: string;
}

let networks = 0;

/**
 * Builds client, routers and server in network namespaces, joined in a row by veth pairs, with
 * routes both ways.
 *
 * @param routers how many routers, 1 or more
 */
export function buildNetwork(routers: number, journal: Journal): Network {
  const name = `${PREFIX}lab-${Deno.pid}-${++networks}`;
  const network = {
    client: `${name}-client`,
    routers: Array.from({ length: routers }, (_, index) => `${name}-router${index + 1}`),
    server: `${name}-server`,
  };
  const hosts = [network.client, ...network.routers, network.server];
  for (const host of hosts) addHost(host, journal);
  network.routers.forEach((router) => configure(router, ROUTER_SETTINGS));
  configure(network.client, CLIENT_SETTINGS);
  configure(network.server, SERVER_SETTINGS);
  for (let link = 0; link + 1 < hosts.length; link++) join(hosts, link);
  for (let at = 0; at < hosts.length; at++) addRoutes(hosts, at);
  // IPv6 sends nothing before the kernel has noticed that the other end is up.
  waitFor("the links of the lab to come up", 10_000, () => hosts.every(linksAreUp));
  return network;
}

/** Runs a program inside a namespace, to its end. */
export function runWithin(namespace: string, command: readonly string[], input = ""): string {
  return run("ip", ["netns", "exec", namespace, ...command], input);
}

function addHost(host: string, journal: Journal): void {
  journal.add({ kind: "netns", name: host });
  run("ip", ["netns", "add", host]);
  configure(host, SETTINGS);
  run("ip", ["-n", host, "link", "set", "dev", "lo", "up"]);
}

function configure(host: string, settings: Readonly<Record<string, string>>): void {
  const lines = Object.entries(settings).map(([key, value]) => `echo ${value} > /proc/sys/${key}`);
  runWithin(host, ["sh", "-e"], lines.join("\n"));
}

/** The name of a host's interface on a link: towards the server, or towards the client. */
function port(at: number, link: number): string {
  if (at === 0) return CLIENT_INTERFACE;
  return link === at ? "right" : "left";
}

/** An address on a link; side 1 is the client's end, side 2 the server's. */
export function linkAddress(family: 4 | 6, link: number, side: 1 | 2): string {
  return family === 4 ? `10.21.${link}.${side}` : `fd53:7069:6465:21:${link.toString(16)}::${side}`;
}

function join(hosts: readonly string[], link: number): void {
  const ends = [link, link + 1].map((at) => ({
    host: hosts[at] ?? "",
    dev: port(at, link),
  }));
  const [left, right] = ends;
  if (left === undefined || right === undefined) throw new RangeError("a link has two ends");
  // Indexes that differ: the kernel takes a second to notice the carrier of a veth that has the same
  // index as its peer in another namespace.
  run("ip", [
    ...["link", "add", "name", left.dev, "index", "10", "netns", left.host, "type", "veth"],
    ...["peer", "name", right.dev, "index", "11", "netns", right.host],
  ]);
  ends.forEach(({ host, dev }, index) => {
    const side = index === 0 ? 1 : 2;
    const lines = [
      `address add ${linkAddress(4, link, side)}/30 dev ${dev}`,
      `address add ${linkAddress(6, link, side)}/80 dev ${dev} nodad`,
      `link set dev ${dev} up`,
    ];
    run("ip", ["-n", host, "-batch", "-"], lines.join("\n"));
  });
}

function linksAreUp(host: string): boolean {
  const links: { ifname: string; operstate: string }[] = JSON.parse(
    run("ip", ["-n", host, "-j", "link", "show"]),
  );
  return links.every(({ ifname, operstate }) => ifname === "lo" || operstate === "UP");
}

/** Targets lie towards the server, everything else towards the client. */
function addRoutes(hosts: readonly string[], at: number): void {
  const lines: string[] = [];
  const last = hosts.length - 1;
  for (const [family, targets] of [[4, TARGETS_4], [6, TARGETS_6]] as const) {
    const to = at === 0 ? "default" : targets;
    if (at === last) lines.push(`route add local ${targets} dev lo`);
    else lines.push(`route add ${to} via ${linkAddress(family, at, 2)}`);
    if (at > 0) lines.push(`route add default via ${linkAddress(family, at - 1, 1)}`);
  }
  run("ip", ["-n", hosts[at] ?? "", "-batch", "-"], lines.join("\n"));
}
