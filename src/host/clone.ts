import { within } from "./enter_namespace.ts";
import { Failure } from "./failure.ts";
import type { Interface } from "./interface.ts";
import { fileStatus, kernelEntries } from "./kernel_file.ts";
import { gone } from "./process.ts";
import { run } from "./run.ts";
import { readSysctl, speaksIpv6, writeSysctl } from "./sysctl.ts";
import { PROTOCOL } from "./undo.ts";

/** What a clone of an interface is made of. */
export interface ClonePlan {
  readonly mac: string;
  readonly mtu: number;
  /** Arguments of `ip address add`, without the device. */
  readonly addresses: readonly string[];
  /** Arguments of `ip route add`, by IP version. */
  readonly routes: Readonly<Record<4 | 6, readonly string[]>>;
}

/** What `ip -j addr show dev` says; only what is read here. */
interface IpAddrOutput {
  readonly link_type: string;
  readonly address: string;
  readonly mtu: number;
  readonly addr_info: readonly {
    readonly family: "inet" | "inet6";
    readonly local: string;
    readonly address?: string;
    readonly prefixlen: number;
    readonly broadcast?: string;
    readonly scope: string;
    readonly deprecated?: boolean;
    readonly tentative?: boolean;
    readonly dadfailed?: boolean;
  }[];
}

/** Rules that every host has: local, main, default. */
const STANDARD_RULES = new Set([0, 32_766, 32_767]);

/** What a route says of its state or origin, which a copy does not say. */
const ROUTE_STATE =
  /\s+(linkdown|dead|offload|trap|notify|(proto|expires|nhid|error|users|age)\s+\S+)(?=\s|$)/g;

/**
 * The configuration of an interface that a clone needs.
 *
 * @throws {Failure} when a clone of it would not be the same
 */
export function planOf(device: Interface): ClonePlan {
  const { name } = device;
  const [link]: IpAddrOutput[] = JSON.parse(run("ip", ["-j", "addr", "show", "dev", name]));
  if (link === undefined || link.link_type !== "ether" || isWireless(name)) {
    throw new Failure(
      `the interface ${name} cannot be cloned, as it is not a wired Ethernet: leave out --isolate`,
    );
  }
  const six = speaksIpv6();
  for (const family of six ? [4, 6] : [4]) checkRules(family);
  return {
    mac: link.address,
    mtu: link.mtu,
    addresses: link.addr_info
      .filter((address) => !address.tentative && !address.dadfailed)
      .map(addressWords),
    routes: { 4: routes(4, name), 6: six ? routes(6, name) : [] },
  };
}

/**
 * Configures the interface of a namespace like the host's own. Its other end is up already.
 *
 * @param path the namespace's file
 */
export function configureClone(path: string, name: string, plan: ClonePlan): void {
  const ip = (args: string[], lines: readonly string[]) =>
    run("nsenter", [`--net=${path}`, "ip", ...args, "-batch", "-"], lines.join("\n"));
  ip([], [
    "link set dev lo up",
    ...plan.addresses.map((words) => `address add ${words} dev ${name}`),
    `link set dev ${name} up`,
  ]);
  for (const family of [4, 6] as const) {
    if (plan.routes[family].length === 0) continue;
    ip([`-${family}`], plan.routes[family].map((words) => `route add ${words}`));
  }
}

/** Settings of TCP and IP that a new namespace does not inherit from the host. */
export function copySettings(namespace: number): void {
  const names = ["ipv4", ...(speaksIpv6() ? ["ipv6"] : [])].flatMap((family) =>
    kernelEntries(`/proc/sys/net/${family}`)
      .filter((name) => !/_key$|_mem$|^ip_local_|available/.test(name))
      .filter((name) => fileStatus(`/proc/sys/net/${family}/${name}`).isFile)
      .map((name) => `net/${family}/${name}`)
  );
  const values = names.map((name) => [name, readSysctl(name)] as const);
  within(namespace, () => {
    for (const [name, value] of values) {
      const now = readSysctl(name);
      // Some are global and not present in a namespace
      if (value !== null && now !== null && now !== value) writeSysctl(name, value);
    }
  });
}

/** Rules may send some packets another way, and would do so past a clone. Ours are for marks only. */
function checkRules(family: number): void {
  const rules: { priority: number; protocol?: string }[] = JSON.parse(
    run("ip", ["-N", "-j", `-${family}`, "rule", "show"]),
  );
  const other = rules.find(({ priority, protocol }) =>
    !STANDARD_RULES.has(priority) && protocol !== String(PROTOCOL)
  );
  if (other === undefined) return;
  throw new Failure(
    `this host has a rule for IPv${family} routes of priority ${other.priority}, which a clone of ` +
      `its interface would not obey: leave out --isolate`,
  );
}

function isWireless(name: string): boolean {
  try {
    return fileStatus(`/sys/class/net/${name}/phy80211`).isDirectory;
  } catch (error) {
    if (gone(error)) return false;
    throw error;
  }
}

function addressWords(address: IpAddrOutput["addr_info"][number]): string {
  const { family, local, address: peer, prefixlen, broadcast, scope, deprecated } = address;
  return [
    ...(peer === undefined ? [`${local}/${prefixlen}`] : [local, "peer", `${peer}/${prefixlen}`]),
    ...(family === "inet" && broadcast !== undefined ? ["broadcast", broadcast] : []),
    ...["scope", scope],
    ...(deprecated ? ["valid_lft", "forever", "preferred_lft", "0"] : []),
    // The routes are copied themselves
    "noprefixroute",
    ...(family === "inet6" ? ["nodad"] : []),
  ].join(" ");
}

/** Connected networks first: a gateway must be reachable when the route through it is added. */
function routes(family: 4 | 6, name: string): string[] {
  const lines = run("ip", [`-${family}`, "-o", "route", "show", "table", "main"]).split("\n")
    .map((line) => line.replaceAll("\\", " ").replace(ROUTE_STATE, "").trim())
    .filter((line) => line !== "");
  const through = new RegExp(`\\bdev ${name.replace(/[.+]/g, "\\$&")}(\\s|$)`);
  const ours = lines.filter((line) => through.test(line) || !/\bdev\b/.test(line));
  const several = ours.find((line) => line.includes("nexthop"));
  if (several !== undefined) {
    throw new Failure(
      `the route \`${several}\` has several next hops, of which a clone of ${name} has one: ` +
        "leave out --isolate",
    );
  }
  return [...ours.filter((l) => !/\bvia\b/.test(l)), ...ours.filter((l) => /\bvia\b/.test(l))];
}
