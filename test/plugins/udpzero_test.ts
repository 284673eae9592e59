import { assertEquals } from "@std/assert";
import udpzero from "../../plugins/spiders/udpzero.ts";
import { helpers } from "../../src/measure/helpers.ts";
import type { ObservedFlow } from "../../src/mod.ts";
import { flow } from "../data/flow.ts";

const NOTHING = ["pathspider.not_observed"];
const conclude = (a: ObservedFlow, b: ObservedFlow) => udpzero.conclude([a, b], helpers);
const said = (word: string) => [`udpzero.connectivity.${word}`];

const plain = (different: Partial<ObservedFlow> = {}) =>
  flow({
    proto: 17,
    tcp_connected: false,
    udp_zero_checksum_fwd: false,
    udp_zero_checksum_rev: false,
    ...different,
  });
const zero = (different: Partial<ObservedFlow> = {}) =>
  plain({ udp_zero_checksum_fwd: true, ...different });

const silent = { udp_zero_checksum_rev: null, pkt_rev: 0 };
const timeout = {
  ...silent,
  spdr_state: 2,
  spdr_outcome: "timeout",
  spdr_stop: "2023-11-14T22:13:30.000Z",
} as const;
const refused = { ...silent, spdr_state: 1, spdr_outcome: "refused", pkt_rev: 1 } as const;
const unreachable = { ...refused, spdr_outcome: "unreachable" } as const;

Deno.test("works, broken, transient and offline by who was answered", () => {
  assertEquals(conclude(plain(), zero()), said("works"));
  for (const unanswered of [timeout, refused, unreachable]) {
    assertEquals(conclude(plain(), zero(unanswered)), said("broken"));
    assertEquals(conclude(plain(unanswered), zero()), said("transient"));
    assertEquals(conclude(plain(unanswered), zero(timeout)), said("offline"));
  }
});

Deno.test("an answer without a checksum is an answer", () => {
  const bare = { udp_zero_checksum_rev: true };
  assertEquals(conclude(plain(bare), zero(bare)), said("works"));
});

Deno.test("an answer that came too late, was not accepted, or is none gives no verdict", () => {
  const late = { spdr_state: 2, spdr_outcome: "timeout" } as const;
  const garbled = { spdr_state: 1, spdr_outcome: "failed", spdr_errno: "EPROTO" } as const;
  const both = { spdr_state: 1, spdr_outcome: "refused" } as const;
  for (const unclear of [late, garbled, both]) {
    assertEquals(conclude(plain(), zero(unclear)), NOTHING);
    assertEquals(conclude(plain(unclear), zero()), NOTHING);
    assertEquals(conclude(plain(unclear), zero(unclear)), NOTHING);
    assertEquals(conclude(plain(unclear), zero(timeout)), NOTHING);
  }
});

Deno.test("a socket that was answered, and a wire that shows none, give no verdict", () => {
  assertEquals(conclude(plain(silent), zero()), NOTHING);
  assertEquals(conclude(plain(), zero(silent)), NOTHING);
});

Deno.test("local trouble gives no verdict", () => {
  const failed = { ...silent, spdr_state: 1, spdr_outcome: "failed", spdr_errno: "EPERM" } as const;
  assertEquals(conclude(plain(), zero(failed)), NOTHING);
});

Deno.test("arms that did not send what they stand for give no verdict", () => {
  assertEquals(conclude(plain(), plain()), NOTHING);
  assertEquals(conclude(zero(), zero()), NOTHING);
  assertEquals(conclude(plain({ udp_zero_checksum_fwd: null }), zero()), NOTHING);
  assertEquals(conclude(plain(), zero({ udp_zero_checksum_fwd: null })), NOTHING);
});
