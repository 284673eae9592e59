import { assertEquals, assertThrows } from "@std/assert";
import { attributesOf, copyRules, policyText, priorityFor } from "../../src/host/ecn_rules.ts";
import { Failure } from "../../src/host/failure.ts";
import { type Attributes, numberAttribute, numberIn } from "../../src/host/netlink/message.ts";
import { ACTION, FRA, type Rule, ruleText } from "../../src/host/netlink/rule.ts";

const number = (value: number) => numberAttribute(0, value).subarray(4);
const text = (value: string) => new TextEncoder().encode(`${value}\0`);

/** A rule of IPv4 with attributes, as the kernel reports it. */
function rule(
  priority: number,
  table: number,
  attributes: readonly (readonly [number, Uint8Array])[] = [],
  more: Partial<Rule> = {},
): Rule {
  const all: Attributes = new Map([
    [FRA.priority, number(priority)],
    [FRA.suppressLength, number(0xffff_ffff)],
    [FRA.table, number(table)],
    ...attributes,
  ]);
  const sourceLength = all.has(FRA.source) ? 32 : 0;
  const destinationLength = all.has(FRA.destination) ? 32 : 0;
  return {
    family: 4,
    priority,
    table,
    tos: 0,
    sourceLength,
    destinationLength,
    action: ACTION.lookup,
    inverted: false,
    attributes: all,
    ...more,
  };
}

const LOCAL = rule(0, 255);
const MAIN = rule(32_766, 254);
const DEFAULT = rule(32_767, 253);
const MARK = 0xe0;

/** The tables that copies look up, in order; with a star where the copy has selectors. */
function copied(...rules: Rule[]): string[] {
  return copyRules(rules).map(({ table, rule }) =>
    `${table ?? "nothing"}${
      [...rule.attributes.keys()].some((n) => n !== FRA.suppressLength) ? "*" : ""
    }`
  );
}

Deno.test("the rules of a host without a policy of its own are copied, and stand before the main one", () => {
  const rules = [LOCAL, MAIN, DEFAULT];
  assertEquals(copied(...rules), ["255", "254", "253"]);
  assertEquals(priorityFor(rules, 4, MARK), 32_765);
});

Deno.test("a rule for a mark is for no socket without one; one for all but a mark is for all", () => {
  const tailscale = rule(5210, 254, [[FRA.mark, number(0x80000)], [FRA.mask, number(0xff0000)]]);
  const exit = rule(5270, 52);
  assertEquals(copied(LOCAL, tailscale, exit, MAIN), ["255", "52", "254"]);
  assertEquals(priorityFor([LOCAL, tailscale, exit, MAIN], 4, MARK), 5269);
  const wireguard = rule(32_764, 51_820, [[FRA.mark, number(0xca6c)]], { inverted: true });
  assertEquals(copied(LOCAL, wireguard, MAIN), ["255", "51820", "254"]);
  const zero = rule(7, 99, [[FRA.mark, number(0)], [FRA.mask, number(1)]]);
  assertEquals(copied(zero), ["99"]);
});

Deno.test("a rule for what comes in by an interface is for nothing that this host makes, but lo's is", () => {
  assertEquals(copied(rule(7, 99, [[FRA.incoming, text("eth0")]])), []);
  assertEquals(copied(rule(7, 99, [[FRA.incoming, text("eth0")]], { inverted: true })), ["99"]);
  assertEquals(copied(rule(7, 99, [[FRA.incoming, text("lo")]])), ["99"]);
});

Deno.test("what selects by source, destination, user, port or what is not known is kept", () => {
  const address = Uint8Array.of(10, 1, 0, 1);
  assertEquals(copied(rule(7, 99, [[FRA.source, address]])), ["99*"]);
  assertEquals(copied(rule(7, 99, [[FRA.destination, address]])), ["99*"]);
  assertEquals(copied(rule(7, 99, [[FRA.users, new Uint8Array(8)]])), ["99*"]);
  assertEquals(copied(rule(7, 99, [[123, new Uint8Array(4)]])), ["99*"]);
  const [copy] = copyRules([rule(7, 99, [[FRA.source, address], [FRA.suppressLength, number(0)]])]);
  const attributes = attributesOf(copy!, { priority: 5, mark: MARK, table: 8524 });
  assertEquals(
    [FRA.priority, FRA.mark, FRA.mask, FRA.table, FRA.suppressLength].map((n) =>
      numberIn(attributes, n)
    ),
    [5, MARK, 0xffff_ffff, 8524, 0],
  );
  assertEquals(attributes.get(FRA.source), address);
});

Deno.test("rules that send nothing are copied, those that do nothing or are for devices are not", () => {
  assertEquals(copied(rule(7, 0, [], { action: ACTION.unreachable })), ["nothing"]);
  assertEquals(copied(rule(7, 0, [], { action: ACTION.nothing })), []);
  assertEquals(copied(rule(1000, 0, [[FRA.l3mdev, Uint8Array.of(1)]])), []);
});

Deno.test("rules of other spiders are for their marks alone", () => {
  const other = rule(32_765, 8525, [
    [FRA.mark, number(0xe1)],
    [FRA.mask, number(0xffff_ffff)],
    [FRA.protocol, Uint8Array.of(83)],
  ]);
  assertEquals(copied(LOCAL, other, MAIN), ["255", "254"]);
  assertEquals(priorityFor([LOCAL, other, MAIN], 4, MARK), 32_765);
});

Deno.test("what cannot be copied or preceded is named", () => {
  const address = Uint8Array.of(10, 1, 0, 1);
  assertThrows(
    () => copyRules([rule(7, 99, [[FRA.source, address]], { inverted: true })]),
    Failure,
    "IPv4 rule `7: not from 10.1.0.1 lookup 99` would hide",
  );
  assertThrows(
    () => copyRules([rule(7, 0, [[FRA.goto, number(9)]], { action: ACTION.goto })]),
    Failure,
    "`7: from all goto`",
  );
  assertThrows(
    () => priorityFor([LOCAL, rule(0, 99), MAIN], 4, MARK),
    Failure,
    "IPv4 rule `0: from all lookup 99` comes before any",
  );
  assertThrows(() => priorityFor([LOCAL], 6, MARK), Failure, "ip -6 rule add priority 32766");
  assertThrows(
    () => copyRules(Array.from({ length: 101 }, (_, at) => rule(at + 1, 99))),
    Failure,
    "101 routing rules",
  );
});

Deno.test("rules are written as ip writes them", () => {
  const all = rule(40, 100, [
    [FRA.destination, Uint8Array.of(10, 0, 0, 0)],
    [FRA.incoming, text("eth0")],
    [FRA.outgoing, text("eth1")],
    [FRA.mark, number(0x20)],
    [FRA.mask, number(0xf0)],
    [FRA.suppressLength, number(0)],
  ], { destinationLength: 8, inverted: true });
  assertEquals(
    ruleText(all),
    "40: not from all to 10.0.0.0/8 fwmark 0x20/0xf0 iif eth0 oif eth1 lookup 100 suppress_prefixlength 0",
  );
  assertEquals(
    policyText(copyRules([LOCAL, MAIN])),
    "0: from all lookup local\n32766: from all lookup main",
  );
});
