import { copyRules, priorityFor, type RuleCopy } from "./ecn_rules.ts";
import { asksForEcn } from "./ecn_table.ts";
import { ERRNO, errnoName } from "./errno.ts";
import { Failure } from "./failure.ts";
import type { Interface } from "./interface.ts";
import {
  dumpRoutes,
  type Family,
  hopsOf,
  prefixText,
  type Route,
  ROUTE_TYPE,
} from "./netlink/route.ts";
import { dumpRules, LOCAL_TABLE, type Rule, tableText } from "./netlink/rule.ts";
import { NETLINK, NetlinkSocket } from "./netlink/socket.ts";

/** The IP versions. */
export const FAMILIES = [4, 6] as const;

/** Tables that may be copied for a family. */
const MOST_TABLES = 50;

/** What decides where a family's packets go. */
export interface Policy {
  readonly family: Family;
  readonly copies: readonly RuleCopy[];
  /**
   * The tables with routes that rules look up, except that of this host's own addresses, in that
   * order.
   */
  readonly tables: readonly number[];
}

/** The rules of a family; null when the kernel does not support it, as when IPv6 is disabled. */
export function rulesOf(socket: NetlinkSocket, family: Family): readonly Rule[] | null {
  const { errno, why, entries } = dumpRules(socket, family);
  if (errno === ERRNO.EAFNOSUPPORT || errno === ERRNO.EOPNOTSUPP) return null;
  if (errno === 0) return entries;
  throw new Failure(`cannot read IPv${family} rules: ${why || errnoName(errno)}`);
}

/**
 * What decides where packets of a family go.
 *
 * @throws {Failure} when a rule cannot be copied, or a route asks for ECN by itself
 */
export function policyOf(socket: NetlinkSocket, family: Family): Policy {
  const copies = copyRules(rulesOf(socket, family) ?? []);
  const named = copies.flatMap(({ table }) => table === null || table === LOCAL_TABLE ? [] : table);
  const tables = [...new Set(named)].filter((table) => !isEmpty(socket, family, table));
  if (tables.length <= MOST_TABLES) return { family, copies, tables };
  throw new Failure(
    `this host's IPv${family} rules look up ${tables.length} routing tables, more than the ` +
      `${MOST_TABLES} that can be copied to ask for ECN: measure in a network namespace with fewer`,
  );
}

/**
 * Whether a route leads through an interface, or anywhere when it is null.
 *
 * @throws {Failure} when one of those asks for ECN by itself
 */
export function leads(
  socket: NetlinkSocket,
  { family, tables }: Pick<Policy, "family" | "tables">,
  device: Interface | null,
): boolean {
  let found = false;
  for (const table of tables) {
    let failure: Failure | null = null;
    const { errno, why } = dumpRoutes(socket, family, table, (route) => {
      if (!leadsTo(route, device)) return null;
      found = true;
      failure ??= whyUnusable(route);
      return null;
    });
    if (errno !== 0) throw new Failure(`cannot read routes: ${why || errnoName(errno)}`);
    if (failure !== null) throw failure;
  }
  return found;
}

/** Whether a route leads through an interface, or anywhere when it is null. */
export function leadsTo(route: Route, device: Interface | null): boolean {
  if (route.type !== ROUTE_TYPE.unicast) return false;
  const hops = hopsOf(route);
  // A next hop that is named by its number may lead anywhere
  return device === null || hops.length === 0 || hops.some(({ index }) => index === device.index);
}

/** Why, with this route, the arms would differ in more than ECN; null when they do not. */
export function whyUnusable(route: Route): Failure | null {
  const what = `the IPv${route.family} route to ${prefixText(route)} (table ${
    tableText(route.table)
  })`;
  if (hopsOf(route).length === 0) {
    return new Failure(
      `${what} names its next hop by a number alone, so that it cannot be copied to ask for ECN: set ` +
        `\`sysctl -w net.ipv4.nexthop_compat_mode=1\``,
    );
  }
  const asks = asksForEcn(route);
  if (asks === null) return null;
  return new Failure(
    `${what} asks for ECN by itself, so a connection without ECN cannot be distinguished from ` +
      `one with it: remove \`${asks}\` from it`,
  );
}

/** Whether a table has no routes. */
export function isEmpty(socket: NetlinkSocket, family: Family, table: number): boolean {
  let empty = true;
  const { errno, why } = dumpRoutes(socket, family, table, () => {
    empty = false;
    return null;
  });
  if (errno === 0) return empty;
  throw new Failure(`cannot read routes: ${why || errnoName(errno)}`);
}

/**
 * Whether ECN could be asked for on single connections, by the host's rules and routes. Changes nothing.
 *
 * @param device the interface that sockets are bound to; null when they are bound to none
 * @param mark the mark that they would have
 * @returns why not, as messages; empty when nothing prevents it
 */
export function ecnHindrances(device: Interface | null, mark: number): string[] {
  using socket = new NetlinkSocket(NETLINK.route);
  return FAMILIES.flatMap((family) => {
    const rules = rulesOf(socket, family);
    if (rules === null) return [];
    try {
      leads(socket, policyOf(socket, family), device);
      priorityFor(rules, family, mark);
      return [];
    } catch (error) {
      if (error instanceof Failure) return [error.message];
      throw error;
    }
  });
}
