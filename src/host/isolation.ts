import { type ClonePlan, configureClone, copySettings, planOf } from "./clone.ts";
import { openNamespace, within } from "./enter_namespace.ts";
import { Failure } from "./failure.ts";
import type { Interface } from "./interface.ts";
import type { Entry, Journal } from "./journal.ts";
import { libc } from "./libc.ts";
import { hopsOf, type RouteChange } from "./netlink/route.ts";
import { MAIN_TABLE } from "./netlink/rule.ts";
import type { PortRange } from "./port_range.ts";
import { attempt, run } from "./run.ts";
import { readSysctl, speaksIpv6, sysctlText, writeSysctl } from "./sysctl.ts";
import type { Sysctls } from "./sysctl_hold.ts";
import { LINK_PREFIX, PREFIX, TABLE_PREFIX } from "./undo.ts";
import { waitFor } from "./wait.ts";

/**
 * Indexes of our ends begin here, so that they differ from those of the other ends inside: the
 * kernel takes a second to notice the carrier of a veth then.
 */
const INDEX_BASE = 1_000_000;

/** Settings that turn off address autoconfiguration in a clone: the addresses are copied. */
const SILENT: Sysctls = {
  "net.ipv6.conf.default.accept_dad": 0,
  "net.ipv6.conf.default.accept_ra": 0,
  "net.ipv6.conf.default.addr_gen_mode": 1,
};

/**
 * A private network namespace that uses an interface of the host as if that were its own: same
 * addresses, same MAC, same routes, its own kernel settings. Packets to its range of ports are
 * passed to it before the host's own stack sees them, and what it sends leaves by the interface;
 * nothing is translated or forwarded. A capture on the interface sees all of it.
 */
export class Isolation implements Disposable {
  /** The ports that its connections have. */
  readonly ports: PortRange;
  readonly #device: Interface;
  readonly #plan: ClonePlan;
  readonly #journal: Journal;
  readonly #entries: Entry[] = [];
  #namespace: number | null = null;

  private constructor(device: Interface, ports: PortRange, journal: Journal) {
    this.#device = device;
    this.ports = ports;
    this.#journal = journal;
    this.#plan = planOf(device);
  }

  /**
   * Makes one.
   *
   * @param ports no socket of the host's may have one of them
   * @param sysctls what is set in it; all else is as on the host
   * @throws {Failure} when it cannot be made; nothing is left behind then
   */
  static open(
    device: Interface,
    ports: PortRange,
    sysctls: Sysctls,
    journal: Journal,
  ): Isolation {
    const opened = new Isolation(device, ports, journal);
    try {
      opened.#make(sysctls);
      return opened;
    } catch (error) {
      opened.close();
      throw error;
    }
  }

  /** Calls with this thread inside. The call must be synchronous. */
  within<T>(call: () => T): T {
    return within(this.#namespace!, call);
  }

  /** Whether a change of a route may be one that {@linkcode check} looks for. */
  concerns({ route }: RouteChange): boolean {
    const hops = hopsOf(route);
    return route.table === MAIN_TABLE &&
      (hops.length === 0 || hops.some(({ index }) => index === this.#device.index));
  }

  /**
   * Checks that the interface still leads where it did when it was cloned.
   *
   * @throws {Failure} when it does not
   */
  check(): void {
    const routes = ({ routes }: ClonePlan) => JSON.stringify(routes);
    if (routes(planOf(this.#device)) === routes(this.#plan)) return;
    throw new Failure(
      `the routes through ${this.#device.name} changed during the run, and its clones know nothing of ` +
        `it: run again for the targets that have no result`,
    );
  }

  /** Removes it, and closes what uses it. Closing it again does nothing. */
  close(): void {
    if (this.#namespace !== null) libc.close(this.#namespace);
    this.#namespace = null;
    for (const entry of this.#entries.splice(0).reverse()) this.#journal.undo(entry);
  }

  [Symbol.dispose](): void {
    this.close();
  }

  #make(sysctls: Sysctls): void {
    const { name } = this.#device;
    const { first, last } = this.ports;
    // Without it, what is made before could not be undone either
    run("nft", ["--version"]);
    const six = speaksIpv6();
    const space = `${PREFIX}iso-${Deno.pid}-${first}`;
    const link = `${LINK_PREFIX}${first}`;
    this.#note({ kind: "netns", name: space });
    run("ip", ["netns", "add", space]);
    this.#namespace = openNamespace(`/run/netns/${space}`);
    copySettings(this.#namespace);
    this.#set({
      ...sysctls,
      "net.ipv4.ip_local_port_range": `${first} ${last}`,
      ...(six ? SILENT : {}),
    });
    this.#note({ kind: "link", name: link });
    const { mac, mtu } = this.#plan;
    run("ip", [
      ...["link", "add", "name", link, "index", String(INDEX_BASE + first), "mtu", String(mtu)],
      ...["type", "veth", "peer", "name", name, "address", mac, "mtu", String(mtu), "netns", space],
    ]);
    // The host's end must not send packets of its own
    if (six) writeSysctl(`net/ipv6/conf/${link}/disable_ipv6`, "1");
    run("ip", ["link", "set", "dev", link, "up"]);
    configureClone(`/run/netns/${space}`, name, this.#plan);
    this.#note({ kind: "nft-table", name: `${TABLE_PREFIX}${first}` });
    const { ok, stderr } = attempt(
      "nft",
      ["-f", "-"],
      portRules(`${TABLE_PREFIX}${first}`, name, link, this.ports),
    );
    if (!ok) {
      const said = stderr.split("\n")[0]!.replace(/^.*Error: /, "");
      throw new Failure(
        `this kernel's nftables cannot hand packets from ${name} to a namespace (${said}): leave out ` +
          `--isolate`,
      );
    }
    waitFor(
      `the clone of ${name} to come up`,
      10_000,
      () => JSON.parse(run("ip", ["-j", "link", "show", "dev", link]))[0].operstate === "UP",
    );
  }

  #note(undo: Entry["undo"]): void {
    this.#entries.push(this.#journal.add(undo));
  }

  #set(sysctls: Sysctls): void {
    this.within(() => {
      for (const [name, value] of Object.entries(sysctls)) {
        const wanted = sysctlText(value);
        // Some are global, and present only in the initial namespace
        if (readSysctl(name) !== null) writeSysctl(name, wanted);
        if (readSysctl(name) !== wanted) {
          throw new Failure(`a network namespace does not hold ${name}: leave out --isolate`);
        }
      }
    });
  }
}

/**
 * Packets to its ports go to the namespace alone. Packets that concern everyone on this address are
 * copied to it: ARP and neighbour discovery answers, errors, and later fragments, which have no
 * ports. Only packets from its ports, ARP and neighbour discovery, and later fragments may leave
 * it.
 */
function portRules(table: string, device: string, link: string, ports: PortRange): string {
  const range = `${ports.first}-${ports.last}`;
  return `table netdev ${table} {
  chain arrive {
    type filter hook ingress device "${device}" priority filter
    meta l4proto { tcp, udp } th dport ${range} fwd to "${link}"
    arp operation reply dup to "${link}"
    icmp type { destination-unreachable, time-exceeded, parameter-problem } dup to "${link}"
    icmpv6 type { destination-unreachable, packet-too-big, time-exceeded, parameter-problem, nd-neighbor-advert } dup to "${link}"
    ip frag-off & 0x1fff != 0 dup to "${link}"
    frag frag-off != 0 dup to "${link}"
  }
  chain leave {
    type filter hook ingress device "${link}" priority filter
    meta l4proto { tcp, udp } th sport ${range} fwd to "${device}"
    arp operation request fwd to "${device}"
    icmpv6 type { nd-neighbor-solicit, nd-neighbor-advert } fwd to "${device}"
    ip frag-off & 0x1fff != 0 fwd to "${device}"
    frag frag-off != 0 fwd to "${device}"
    drop
  }
}
`;
}
