import { Failure } from "./failure.ts";
import { type Attributes, numberAttribute, numberIn, textIn } from "./netlink/message.ts";
import { ACTION, FRA, LOCAL_TABLE, makerOf, markOf, type Rule, ruleText } from "./netlink/rule.ts";
import type { Family } from "./netlink/route.ts";
import { PROTOCOL } from "./undo.ts";

/** The interface that the kernel's rules take for the one by which locally made packets came in. */
const LOOPBACK = "lo";
/** Rules that may be copied: each costs the host's packets a comparison. */
const MOST_RULES = 100;

/** Attributes that say what a rule does or who made it, not which packets it is for. */
const NO_SELECTORS: ReadonlySet<number> = new Set([
  FRA.goto,
  FRA.priority,
  FRA.flow,
  FRA.suppressGroup,
  FRA.suppressLength,
  FRA.table,
  FRA.padding,
  FRA.l3mdev,
  FRA.protocol,
]);
/** Attributes that decide by themselves for locally generated packets. */
const DECIDED: ReadonlySet<number> = new Set([FRA.mark, FRA.mask, FRA.incoming]);
/** What a copy keeps of a rule's attributes besides its selectors. */
const KEPT: ReadonlySet<number> = new Set([FRA.flow, FRA.suppressGroup, FRA.suppressLength]);

/** The value of an attribute that suppresses nothing. */
const NONE = 0xffff_ffff;

/** A rule that takes the place of a user's one for the sockets with our mark. */
export interface RuleCopy {
  /** The user's. */
  readonly of: Rule;
  /** The table that the user's looks up; null when it sends nothing. */
  readonly table: number | null;
  /** The copy without its mark, priority and table. */
  readonly rule: Rule;
}

/** Which packets of sockets with a mark a rule is for. */
type Scope = "none" | "all" | "some";

/**
 * Copies the policy of a host for sockets that carry a mark: what a rule does to packets without one,
 * its copy does to those with it. A rule that can never be for packets that this host makes without a
 * mark has no copy.
 *
 * @param rules in the order in which they are asked
 * @throws {Failure} naming a rule that cannot be copied
 */
export function copyRules(rules: readonly Rule[]): RuleCopy[] {
  const copies = rules.flatMap((rule) => {
    const scope = scopeOf(rule, 0);
    return scope === "none" ? [] : [copyOf(rule, scope)];
  });
  if (copies.length <= MOST_RULES) return copies;
  throw new Failure(
    `this host has ${copies.length} routing rules, more than the ${MOST_RULES} that can be copied to ` +
      `ask for ECN: measure in a network namespace with fewer`,
  );
}

/**
 * The priority at which rules for a mark come before every other rule for packets with it. Of several
 * rules with one priority the one that was added last is asked last.
 *
 * @throws {Failure} when there is no room before a rule, which it names
 */
export function priorityFor(rules: readonly Rule[], family: Family, mark: number): number {
  // The table of this host's own addresses may be asked first: it is asked first anyway
  const first = rules.find((rule) =>
    scopeOf(rule, mark) !== "none" && !(looksUp(rule) && rule.table === LOCAL_TABLE)
  );
  if (first === undefined) {
    throw new Failure(
      `no rule for IPv${family} looks up the main table: add \`ip -${family} rule add priority ` +
        `32766 table main\``,
    );
  }
  if (first.priority > 0) return first.priority - 1;
  throw new Failure(
    `the IPv${family} rule \`${
      ruleText(first)
    }\` comes before any that could be added, so that ECN ` +
      `cannot be asked for by a route: give it another priority than 0`,
  );
}

/** The attributes with which a copy is added. */
export function attributesOf(
  { rule }: RuleCopy,
  { priority, mark, table }: { priority: number; mark: number; table: number },
): Attributes {
  const number = (value: number) => numberAttribute(0, value).subarray(4);
  return new Map([
    ...rule.attributes,
    [FRA.priority, number(priority)],
    [FRA.mark, number(mark)],
    [FRA.mask, number(0xffff_ffff)],
    [FRA.table, number(table)],
    [FRA.protocol, Uint8Array.of(PROTOCOL)],
  ]);
}

/** The policy as text, to be compared with what it is later. */
export function policyText(copies: readonly RuleCopy[]): string {
  return copies.map(({ of }) => ruleText(of)).join("\n");
}

/** Whether packets with this mark come under the rule because of it. */
export function selectsMark(rule: Rule, mark: number): boolean {
  const selected = markOf(rule);
  return selected !== null && ((selected.mark ^ mark) & selected.mask) === 0;
}

function copyOf(rule: Rule, scope: "all" | "some"): RuleCopy {
  if (rule.action === ACTION.goto) {
    throw cannotCopy(rule, "a jump to another rule");
  }
  if (scope === "some" && rule.inverted) {
    throw cannotCopy(rule, "a rule for all packets but some");
  }
  const kept = [...rule.attributes].filter(([number]) =>
    KEPT.has(number)
      ? numberIn(rule.attributes, number) !== NONE
      : scope === "some" && !NO_SELECTORS.has(number)
  );
  const attributes: Attributes = new Map(kept);
  const lengths = scope === "some" ? {} : { sourceLength: 0, destinationLength: 0, tos: 0 };
  return {
    of: rule,
    table: looksUp(rule) ? rule.table : null,
    rule: { ...rule, ...lengths, inverted: false, attributes },
  };
}

function cannotCopy(rule: Rule, what: string): Failure {
  return new Failure(
    `the IPv${rule.family} rule \`${
      ruleText(rule)
    }\` would hide the route by which ECN is asked for, and ${what} ` +
      `cannot be copied: remove it for the time of the measurement, or write it in another way`,
  );
}

/** Which of the packets that this host makes with a mark (0 for none) a rule is for. */
function scopeOf(rule: Rule, mark: number): Scope {
  const { attributes, inverted, action, sourceLength, destinationLength, tos } = rule;
  // Ours are for marks alone; those of network devices that are routers of their own (VRF) concern
  // only what is bound to them
  if (makerOf(rule) === PROTOCOL && !selectsMark(rule, mark)) return "none";
  if (action === ACTION.nothing || attributes.has(FRA.l3mdev)) return "none";
  const incoming = textIn(attributes, FRA.incoming);
  const excluded = markOf(rule) !== null && !selectsMark(rule, mark) ||
    incoming !== undefined && incoming !== LOOPBACK ||
    attributes.has(FRA.tunnel);
  if (excluded) return inverted ? "all" : "none";
  const selects = sourceLength + destinationLength + tos > 0 ||
    [...attributes.keys()].some((number) => !NO_SELECTORS.has(number) && !DECIDED.has(number));
  if (selects) return "some";
  return inverted ? "none" : "all";
}

function looksUp({ action }: Rule): boolean {
  return action === ACTION.lookup;
}
