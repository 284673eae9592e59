import { addressText } from "../address.ts";
import {
  attribute,
  type Attributes,
  joined,
  type NetlinkMessage,
  numberIn,
  readAttributes,
  textIn,
  viewOf,
} from "./message.ts";
import { type Family, familyNumber } from "./route.ts";
import type { List, NetlinkSocket } from "./socket.ts";

/** Types of rtnetlink's messages of rules. */
export const RULE = { added: 32, removed: 33, ask: 34 } as const;

/** Attributes of rules (linux/fib_rules.h). */
export const FRA = {
  destination: 1,
  source: 2,
  incoming: 3,
  goto: 4,
  priority: 6,
  mark: 10,
  flow: 11,
  tunnel: 12,
  suppressGroup: 13,
  suppressLength: 14,
  table: 15,
  mask: 16,
  outgoing: 17,
  padding: 18,
  l3mdev: 19,
  users: 20,
  protocol: 21,
  ipProtocol: 22,
  sourcePorts: 23,
  destinationPorts: 24,
} as const;

/** What a rule does with packets. */
export const ACTION = {
  lookup: 1,
  goto: 2,
  nothing: 3,
  blackhole: 6,
  unreachable: 7,
  prohibit: 8,
} as const;

/** The bit of a rule's flags that turns what it selects into what it does not. */
const INVERTED = 2;
/** Octets of `struct fib_rule_hdr`. */
const HEADER = 12;
/** The 32-bit value that stands for none. */
const NONE = 0xffff_ffff;

/** The table of most routes. */
export const MAIN_TABLE = 254;
/** The table of this host's own addresses. */
export const LOCAL_TABLE = 255;
/** Tables that every host has, by their number. */
const TABLE_NAMES: ReadonlyMap<number, string> = new Map([
  [253, "default"],
  [MAIN_TABLE, "main"],
  [LOCAL_TABLE, "local"],
]);
const ACTION_NAMES: ReadonlyMap<number, string> = new Map(
  Object.entries(ACTION).map(([name, number]) => [number, name]),
);

/** A policy rule as the kernel reports it. */
export interface Rule {
  readonly family: Family;
  readonly priority: number;
  readonly destinationLength: number;
  readonly sourceLength: number;
  readonly tos: number;
  /** One of {@linkcode ACTION}. */
  readonly action: number;
  readonly inverted: boolean;
  /** The table that it looks up; 0 for none. */
  readonly table: number;
  /** By the numbers in {@linkcode FRA}. */
  readonly attributes: Attributes;
}

/** Reads a message of rules; null for those of other families. */
export function readRule({ body }: NetlinkMessage): Rule | null {
  const family = ([4, 6] as const).find((family) => body[0] === familyNumber(family));
  if (family === undefined || body.length < HEADER) return null;
  const attributes = readAttributes(body, HEADER);
  return {
    family,
    priority: numberIn(attributes, FRA.priority) ?? 0,
    destinationLength: body[1]!,
    sourceLength: body[2]!,
    tos: body[3]!,
    table: numberIn(attributes, FRA.table) ?? body[4]!,
    action: body[7]!,
    inverted: (viewOf(body).getUint32(8, true) & INVERTED) !== 0,
    attributes,
  };
}

/** A body of a message of rules: the rule with attributes in place of its own. */
export function writeRule(rule: Rule, attributes: ReadonlyMap<number, Uint8Array>): Uint8Array {
  const header = new Uint8Array(HEADER);
  const { family, destinationLength, sourceLength, tos, action, inverted } = rule;
  header.set([familyNumber(family), destinationLength, sourceLength, tos, 0, 0, 0, action]);
  viewOf(header).setUint32(8, inverted ? INVERTED : 0, true);
  return joined([
    header,
    ...[...attributes].map(([number, value]) => attribute(number, value)),
  ]);
}

/** The rules of a family in the order in which they are asked. Answers as the kernel does. */
export function dumpRules(socket: NetlinkSocket, family: Family): List<Rule> {
  const body = new Uint8Array(HEADER);
  body[0] = familyNumber(family);
  return socket.dump({ type: RULE.ask, body }, readRule);
}

/** The firewall mark that a rule selects, and the bits of it that count; null when none. */
export function markOf({ attributes }: Rule): { mark: number; mask: number } | null {
  const mark = numberIn(attributes, FRA.mark);
  const mask = numberIn(attributes, FRA.mask);
  if (mark === undefined && mask === undefined) return null;
  return { mark: mark ?? 0, mask: mask ?? NONE };
}

/** The `protocol` of a rule: who made it. */
export function makerOf({ attributes }: Rule): number {
  return attributes.get(FRA.protocol)?.[0] ?? 0;
}

/** A rule as `ip rule` writes it. */
export function ruleText(rule: Rule): string {
  const { attributes, priority, inverted, table, tos, action } = rule;
  const words = [`${priority}:`, ...(inverted ? ["not"] : [])];
  words.push("from", prefix(attributes.get(FRA.source), rule.sourceLength) ?? "all");
  const to = prefix(attributes.get(FRA.destination), rule.destinationLength);
  if (to !== null) words.push("to", to);
  if (tos !== 0) words.push("tos", `0x${tos.toString(16)}`);
  const mark = markOf(rule);
  if (mark !== null) {
    words.push("fwmark", `0x${mark.mark.toString(16)}`);
    if (mark.mask !== NONE) words[words.length - 1] += `/0x${mark.mask.toString(16)}`;
  }
  for (const [number, word] of [[FRA.incoming, "iif"], [FRA.outgoing, "oif"]] as const) {
    const name = textIn(attributes, number);
    if (name !== undefined) words.push(word, name);
  }
  for (const [number, word] of RANGES) {
    const range = rangeIn(attributes.get(number));
    if (range !== null) words.push(word, range);
  }
  const protocol = attributes.get(FRA.ipProtocol)?.[0];
  if (protocol !== undefined) words.push("ipproto", String(protocol));
  if (attributes.has(FRA.l3mdev)) words.push("lookup [l3mdev-table]");
  else if (action === ACTION.lookup) words.push("lookup", tableText(table));
  else words.push(ACTION_NAMES.get(action) ?? String(action));
  const suppressed = numberIn(attributes, FRA.suppressLength) ?? NONE;
  if (suppressed !== NONE) words.push("suppress_prefixlength", String(suppressed));
  return words.join(" ");
}

/** The name of a table that every host has, or its number. */
export function tableText(table: number): string {
  return TABLE_NAMES.get(table) ?? String(table);
}

const RANGES = [
  [FRA.users, "uidrange"],
  [FRA.sourcePorts, "sport"],
  [FRA.destinationPorts, "dport"],
] as const;

/** A range of user numbers has words of 32 bits, one of ports of 16. */
function rangeIn(value: Uint8Array | undefined): string | null {
  if (value === undefined) return null;
  const view = viewOf(value);
  if (value.length >= 8) return `${view.getUint32(0, true)}-${view.getUint32(4, true)}`;
  return value.length < 4 ? null : `${view.getUint16(0, true)}-${view.getUint16(2, true)}`;
}

function prefix(octets: Uint8Array | undefined, length: number): string | null {
  if (octets === undefined || ![4, 16].includes(octets.length)) return null;
  const text = addressText(octets);
  return length === octets.length * 8 ? text : `${text}/${length}`;
}
