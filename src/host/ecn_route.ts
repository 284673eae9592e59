import { freeMark, tableFor } from "./ecn_marks.ts";
import {
  FAMILIES,
  isEmpty,
  leads,
  leadsTo,
  type Policy,
  policyOf,
  rulesOf,
  whyUnusable,
} from "./ecn_policy.ts";
import { attributesOf, copyRules, policyText, priorityFor, type RuleCopy } from "./ecn_rules.ts";
import { EcnTable } from "./ecn_table.ts";
import { ERRNO, errnoName } from "./errno.ts";
import { Failure } from "./failure.ts";
import { type Interface, SOMEWHERE } from "./interface.ts";
import type { Entry, Journal } from "./journal.ts";
import { readKernelFile } from "./kernel_file.ts";
import type { Changes } from "./link_watch.ts";
import { FLAG } from "./netlink/message.ts";
import type { Family, RouteChange } from "./netlink/route.ts";
import { LOCAL_TABLE, RULE, ruleText, tableText, writeRule } from "./netlink/rule.ts";
import { NETLINK, NetlinkSocket } from "./netlink/socket.ts";
import { isWay, wayTo } from "./route_lookup.ts";
import { locked } from "./state.ts";

/** Settings of `net.ipv4.tcp_ecn` with which outgoing connections do not ask for ECN. */
export const PASSIVE: ReadonlySet<number> = new Set([0, 2, 5]);

/**
 * Lets single sockets ask for ECN, whatever the host's own setting. For sockets that carry a firewall
 * mark there is a copy of the host's policy: of each rule that locally made packets come under, and of
 * each table that such a rule looks up, whose routes say `features ecn`. So they go where the kernel
 * sends all others, whatever rules there are. The copies of rules come before all others for that mark.
 * Set the mark (`SO_MARK`) before `connect`. Nothing changes for sockets without it.
 */
export class EcnRoute implements Disposable {
  /** The mark that makes a socket ask for ECN. */
  readonly mark: number;
  readonly #socket = new NetlinkSocket(NETLINK.route);
  readonly #journal: Journal;
  readonly #entries: Entry[] = [];
  readonly #unusable = new Map<Family, Failure>();
  readonly #interface: Interface | null;
  /** What was copied: by family the rules, as text, and the tables. */
  readonly #policies = new Map<Family, string>();
  readonly #tables: EcnTable[] = [];
  /** Tables that rules look up and that had no routes. */
  readonly #empty: { readonly family: Family; readonly table: number }[] = [];
  /** A change could not be followed. */
  #stale = false;
  #closed = false;

  private constructor(mark: number, device: Interface | null, journal: Journal) {
    this.mark = mark;
    this.#interface = device;
    this.#journal = journal;
  }

  /**
   * Makes the tables and rules, for the families that have routes.
   *
   * @param device the interface that sockets are bound to; null when they are bound to none
   * @throws {Failure} when the host asks for ECN on every connection, there is no route (through the
   * interface), a rule cannot be copied, or the kernel refuses. Nothing is left behind then.
   */
  static open(device: Interface | null, journal: Journal): EcnRoute {
    checkSettings();
    return locked(() => {
      using socket = new NetlinkSocket(NETLINK.route);
      const supported = FAMILIES.filter((family) => rulesOf(socket, family) !== null);
      const unusable = new Map<Family, Failure>();
      const policies = supported.flatMap((family) => {
        try {
          const policy = policyOf(socket, family);
          return leads(socket, policy, device) ? [policy] : [];
        } catch (error) {
          if (!(error instanceof Failure)) throw error;
          unusable.set(family, error);
          return [];
        }
      });
      if (policies.length === 0) throw [...unusable.values()][0] ?? noRoute(device);
      const tables = Math.max(...policies.map((policy) => policy.tables.length));
      const opened = new EcnRoute(freeMark(socket, supported, tables), device, journal);
      for (const [family, failure] of unusable) opened.#unusable.set(family, failure);
      try {
        for (const policy of policies) opened.#tryAdd(policy);
        if (policies.every(({ family }) => opened.#unusable.has(family))) {
          opened.markFor(policies[0]!.family);
        }
      } catch (error) {
        opened.close();
        throw error;
      }
      return opened;
    });
  }

  /**
   * The mark for sockets of a family.
   *
   * @throws {Failure} when the routes of that family could not be made
   */
  markFor(family: Family): number {
    const failure = this.#unusable.get(family);
    if (failure !== undefined) throw failure;
    return this.mark;
  }

  /** Applies changes of the host's routes to the copies at once. */
  follow(change: RouteChange): void {
    const { route, removed } = change;
    const { family, table } = route;
    if (!removed && this.#empty.some((one) => one.family === family && one.table === table)) {
      throw filled(family, table);
    }
    const copy = this.#tables.find((one) => one.family === family && one.from === table);
    if (copy === undefined) return;
    const failure = removed || !leadsTo(route, this.#interface) ? null : whyUnusable(route);
    if (failure !== null) throw failure;
    if (!copy.follow(this.#socket, change)) this.#stale = true;
  }

  /**
   * Checks that what was copied is unchanged, after something has changed.
   *
   * @throws {Failure} when rules have changed, or routes so that the copies cannot follow: sockets with
   *   the mark would go another way than those without
   */
  check({ links, rules, lost }: Changes): void {
    if (rules || lost) this.#checkRules();
    if (lost) this.#checkRoutes();
    const revived = (table: EcnTable) => [...links].some((index) => table.mayRevive(index));
    for (const table of this.#tables) {
      if (this.#stale || lost || revived(table)) table.sync(this.#socket);
    }
    this.#stale = false;
  }

  /** Removes tables and rules. Closing it again does nothing. */
  close(): void {
    this.#undoFrom(0);
    if (!this.#closed) this.#socket.close();
    this.#closed = true;
  }

  [Symbol.dispose](): void {
    this.close();
  }

  #checkRules(): void {
    for (const [family, before] of this.#policies) {
      const now = policyText(copyRules(rulesOf(this.#socket, family) ?? []));
      if (now === before) continue;
      const [old, fresh] = [before.split("\n"), now.split("\n")];
      const rule = fresh.find((line) => !old.includes(line)) ??
        old.find((line) => !fresh.includes(line)) ?? fresh[0];
      throw new Failure(
        `the IPv${family} routing rules changed during the run (\`${rule}\`), so that the two arms ` +
          `took different ways: run again for the targets that have no result`,
      );
    }
  }

  /** Checks all routes for what {@linkcode follow} checks each new one for. */
  #checkRoutes(): void {
    const full = this.#empty.find(({ family, table }) => !isEmpty(this.#socket, family, table));
    if (full !== undefined) throw filled(full.family, full.table);
    for (const family of this.#policies.keys()) {
      const tables = this.#tables.filter((copy) => copy.family === family).map(({ from }) => from);
      leads(this.#socket, { family, tables }, this.#interface);
    }
  }

  #undoFrom(first: number): void {
    for (const entry of this.#entries.splice(first).reverse()) this.#journal.undo(entry);
  }

  /** A failure in one family must not affect the other. */
  #tryAdd(policy: Policy): void {
    const first = this.#entries.length;
    const [tables, empty] = [this.#tables.length, this.#empty.length];
    try {
      this.#add(policy);
      this.#verify(policy.family);
    } catch (error) {
      this.#undoFrom(first);
      this.#tables.splice(tables);
      this.#empty.splice(empty);
      this.#policies.delete(policy.family);
      if (!(error instanceof Failure)) throw error;
      this.#unusable.set(policy.family, error);
    }
  }

  #add({ family, copies, tables }: Policy): void {
    const { mark } = this;
    const priority = priorityFor(rulesOf(this.#socket, family) ?? [], family, mark);
    const to = new Map(tables.map((from, at) => [from, tableFor(mark, at)]));
    for (const [from, table] of to) {
      this.#entries.push(this.#journal.add({ kind: "route-table", family, table }));
      const copy = new EcnTable(family, from, table);
      this.#tables.push(copy);
      copy.sync(this.#socket);
    }
    for (const copy of copies) {
      const table = tableOf(copy, priority, to, mark);
      if (table === null) continue;
      this.#entries.push(this.#journal.add({ kind: "rule", family, priority, mark, table }));
      const body = writeRule(copy.rule, attributesOf(copy, { priority, mark, table }));
      const { errno, why } = this.#socket.ask({ type: RULE.added, flags: FLAG.create, body });
      if (errno === 0) continue;
      throw new Failure(
        `the IPv${family} rule \`${ruleText(copy.of)}\` cannot be copied to ask for ECN (${
          why || errnoName(errno)
        })${errno === ERRNO.EPERM ? ": run spider as root" : ""}`,
      );
    }
    this.#policies.set(family, policyText(copies));
    for (const { table } of copies) {
      if (table !== null && table !== LOCAL_TABLE && !to.has(table)) {
        this.#empty.push({ family, table });
      }
    }
  }

  /**
   * Looks up whether marked packets go where others go, as a rule that could not be read right would
   * make the arms differ in more than ECN.
   */
  #verify(family: Family): void {
    const bound = { interface: this.#interface?.index };
    const plain = wayTo(this.#socket, SOMEWHERE[family], bound);
    const marked = wayTo(this.#socket, SOMEWHERE[family], { ...bound, mark: this.mark });
    // Where no table has a route, a bound socket treats every destination as on-link
    if (!isWay(plain) || plain.local || plain.table === 0) return;
    const same = isWay(marked) && marked.ecn && marked.interface === plain.interface &&
      marked.gateway === plain.gateway;
    if (same) return;
    throw new Failure(
      `connections that ask for ECN would not go the way of the others, by the IPv${family} table ${
        tableText(plain.table)
      }: look for the rule that sends them there with \`ip -${family} rule\`, and remove it for the ` +
        `time of the measurement`,
    );
  }
}

function filled(family: Family, table: number): Failure {
  return new Failure(
    `the IPv${family} routing table ${
      tableText(table)
    } got routes during the run, by which the two ` +
      `arms would take different ways: run again for the targets that have no result`,
  );
}

function checkSettings(): void {
  const ecn = Number(readKernelFile("/proc/sys/net/ipv4/tcp_ecn"));
  if (!PASSIVE.has(ecn)) {
    throw new Failure(
      `net.ipv4.tcp_ecn is ${ecn}, with which every connection of this host asks for ECN, also ` +
        `those that are to go without: set it with \`sysctl -w net.ipv4.tcp_ecn=2\``,
    );
  }
  const control = readKernelFile("/proc/sys/net/ipv4/tcp_congestion_control").trim();
  if (control === "dctcp") {
    throw new Failure(
      `the congestion control ${control} asks for ECN on every connection, also those that are to ` +
        `go without: set another with \`sysctl -w net.ipv4.tcp_congestion_control=cubic\``,
    );
  }
}

function noRoute(device: Interface | null): Failure {
  return new Failure(
    device === null
      ? "this host has no routes, so ECN cannot be asked for: add a default route"
      : `no route leads through ${device.name}, so ECN cannot be asked for there: choose another ` +
        `interface with --interface, or add a route`,
  );
}

/**
 * The table that a copy of a rule names; null for a rule that needs none: its table is empty, or holds
 * this host's own addresses and is asked before ours.
 */
function tableOf(
  { of, table, rule }: RuleCopy,
  priority: number,
  to: ReadonlyMap<number, number>,
  mark: number,
): number | null {
  // The table in a rule that sends nothing is only used to find the rule again
  if (table === null) return tableFor(mark, 0);
  if (table !== LOCAL_TABLE) return to.get(table) ?? null;
  const before = of.priority <= priority && rule.attributes.size === 0;
  return before ? null : LOCAL_TABLE;
}
