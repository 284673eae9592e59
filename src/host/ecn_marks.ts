import { FAMILIES, isEmpty, rulesOf } from "./ecn_policy.ts";
import { selectsMark } from "./ecn_rules.ts";
import { Failure } from "./failure.ts";
import type { Family } from "./netlink/route.ts";
import { NETLINK, NetlinkSocket } from "./netlink/socket.ts";
import { journaled } from "./restore.ts";

/**
 * The marks that may be taken. They use only the low bits, as other software that tells packets by
 * single bits of the mark (container networks, VPNs) uses the higher ones.
 */
export const MARKS = Array.from({ length: 32 }, (_, index) => 0xe0 + index);

/** A mark's first routing table is this and the mark. */
const TABLE_BASE = 8300;

/** Each mark has a table for each of the host's tables, so far apart. */
const TABLE_STEP = 256;
/** Our table for the host's table of that place in its policy. */
export function tableFor(mark: number, at: number): number {
  return TABLE_BASE + mark + at * TABLE_STEP;
}

/**
 * How many marks are free, of how many. Changes nothing.
 *
 * @throws {Failure} when rules or journals cannot be read
 */
export function countMarks(): { readonly free: number; readonly all: number } {
  using socket = new NetlinkSocket(NETLINK.route);
  const families = FAMILIES.filter((family) => rulesOf(socket, family) !== null);
  return { free: [...freeMarks(socket, families, 1)].length, all: MARKS.length };
}

/**
 * A mark that no rule uses, with the given number of free tables.
 *
 * @throws {Failure} when there is none
 */
export function freeMark(
  socket: NetlinkSocket,
  families: readonly Family[],
  tables: number,
): number {
  for (const mark of freeMarks(socket, families, tables)) return mark;
  throw new Failure(
    `all ${MARKS.length} firewall marks for ECN are taken: wait until other spiders have ended, ` +
      `and look for rules that use them with \`ip rule\``,
  );
}

/** The marks that no rule uses, with the given number of free tables. */
function* freeMarks(
  socket: NetlinkSocket,
  families: readonly Family[],
  count: number,
): Generator<number> {
  const rules = families.flatMap((family) => rulesOf(socket, family) ?? []);
  // Also those of other namespaces: a namespace's number may be given to a later one.
  const taken = new Set(journaled().map(({ undo }) => "table" in undo ? undo.table : -1));
  for (const mark of MARKS) {
    if (rules.some((rule) => selectsMark(rule, mark))) continue;
    const tables = Array.from({ length: count }, (_, at) => tableFor(mark, at));
    const free = tables.every((table) =>
      !taken.has(table) && !rules.some((rule) => rule.table === table) &&
      families.every((family) => isEmpty(socket, family, table))
    );
    if (free) yield mark;
  }
}
