import { assertEquals, assertMatch, assertThrows } from "@std/assert";
import type { Chain } from "../../src/mod.ts";
import { Failure } from "../../src/host/failure.ts";
import { checkChain } from "../../src/observe/js/check.ts";
import { chain, observe } from "../data/chain.ts";
import { flowTable, there } from "../data/dissect.ts";

const field = { type: "integer", summary: "packets", initial: 0 };
const hook = { tcp() {} };

function said(run: () => unknown): string {
  return assertThrows(run, Failure).message;
}

Deno.test("what is not a chain, and why", () => {
  const wrong: readonly (readonly [unknown, string])[] = [
    [null, "it is not an object"],
    [() => {}, "it is not an object"],
    [{ ...hook, name: "A", fields: {} }, "its name must be lower case"],
    [{ ...hook, fields: {} }, "its name must be lower case"],
    [{ ...hook, name: "a", kind: "spider", fields: {} }, "its kind is spider"],
    [{ ...hook, name: "a" }, "it declares no fields"],
    [{ ...hook, name: "a", summary: "a\x1b[31m", fields: {} }, "its summary must be a line"],
    [{ name: "a", fields: {} }, "it has none of the hooks newFlow, ip4"],
    [{ name: "a", fields: {}, tcp: 1 }, "tcp is not a function"],
    [
      { ...hook, name: "a", fields: {}, tpc() {} },
      "tpc is not one of its hooks, which are newFlow",
    ],
    [{ name: "a", fields: {}, async tcp() {} }, "tcp must be a plain function, not async"],
  ];
  for (const [value, problem] of wrong) {
    const message = said(() => checkChain(value, "x.ts"));
    assertEquals(message.startsWith(`x.ts is not a chain: ${problem}`), true, message);
  }
});

Deno.test("fields that cannot be", () => {
  const wrong: readonly (readonly [string, unknown, string])[] = [
    ["Upper", field, "must be lower case"],
    ["a", 1, "is not an object"],
    ["a", { ...field, type: "int" }, "has the type int; there are boolean"],
    ["a", { ...field, type: "json?" }, "has the type json?"],
    ["a", { ...field, summary: "" }, "has no summary"],
    ["a", { ...field, summary: "a\x9b31m" }, "must have a summary that is a line of text"],
    ["a", { ...field, summary: "a\nb" }, "must have a summary that is a line of text"],
    ["a", { ...field, initial: null }, "must begin with a value of its type, integer"],
    ["a", { ...field, initial: 1.5 }, "must begin with a value of its type, integer"],
    ["a", { ...field, type: "number", initial: NaN }, "must begin with a value of its type"],
    ["a", { ...field, type: "json", initial: undefined }, "must begin with a value of its type"],
  ];
  for (const [name, value, problem] of wrong) {
    const message = said(() => checkChain({ ...hook, name: "a", fields: { [name]: value } }, "x"));
    assertEquals(
      message.startsWith(`x is not a chain: its field ${name} ${problem}`),
      true,
      message,
    );
  }
  const types = [["boolean", true], ["number", 0.5], ["string", ""], ["integer?", null], [
    "json",
    [],
  ]];
  for (const [type, initial] of types) {
    checkChain({ ...hook, name: "a", fields: { a: { ...field, type, initial } } }, "x");
  }
});

Deno.test("names and fields that clash name both chains", () => {
  const own = (name: string, fields: string[]) =>
    ({ ...hook, name, fields: Object.fromEntries(fields.map((of) => [of, field])) }) as Chain;
  const together = (...chains: Chain[]) => said(() => flowTable({ chains: ["basic", ...chains] }));
  assertEquals(together(own("tcp", [])), "there are two chains tcp: rename one of them");
  assertEquals(together(own("a", []), own("a", [])), "there are two chains a: rename one of them");
  assertEquals(
    together(own("a", ["tcp_connected"])),
    "the chains tcp and a both have a field tcp_connected: rename one of them",
  );
  assertEquals(
    together(own("a", ["x", "y"]), own("b", ["y"])),
    "the chains a and b both have a field y: rename one of them",
  );
});

Deno.test("what a chain throws names it, the hook and the place in its code", () => {
  for (const name of ["newFlow", "ip4", "tcp"]) {
    const throwing = { [name]: () => (undefined as unknown as { x: number }).x };
    const message = said(() => observe(throwing, [there(1)]));
    assertMatch(message, new RegExp(`^the chain own failed in ${name}: TypeError: `));
    assertMatch(message, /js_check_test\.ts/);
    assertEquals(message.includes("src/observe"), false, message);
  }
  const text = () => {
    throw "no"; // deno-lint-ignore no-throw-literal
  };
  assertEquals(said(() => observe({ tcp: text }, [there(1)])), "the chain own failed in tcp: no");
});

Deno.test("a field that was not declared, or that JSON cannot hold", () => {
  const undeclared = chain({ tcp: (rec) => void ((rec as { x: number }).x = 1) });
  assertMatch(said(() => observe(undeclared, [there(1)])), /^the chain own failed in tcp: .* x,/);
  const big = {
    name: "own",
    fields: { own: { type: "json", summary: "a bigint", initial: 0 } },
    tcp(rec) {
      rec.own = 1n;
    },
  } satisfies Chain<{ own: unknown }>;
  assertMatch(said(() => observe(big, [there(1)])), /^the chain own put into own what JSON cannot/);
});
