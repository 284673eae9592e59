import { assertEquals } from "@std/assert";
import type { FieldValue } from "../../../src/probe/localise/header.ts";
import { HopEvidence } from "../../../src/probe/localise/hops.ts";
import { changesOf, lastUnchanged } from "../../../src/probe/localise/interval.ts";
import { Probe, type ProbeReply } from "../../../src/probe/localise/probe.ts";

const UNCHANGED = "same";
type Said = FieldValue | typeof UNCHANGED | undefined;

function quotation(said: Said): ProbeReply {
  return {
    kind: "expired",
    responder: "192.0.2.9",
    icmp: { type: 11, code: 0 },
    quotation: {
      length: 40,
      comparison: {
        seen: new Set(said === undefined ? [] : ["dscp"]),
        changed: new Map(said === undefined || said === UNCHANGED ? [] : [["dscp", said]]),
      },
    },
  };
}

/** Hops that quote so: a list for each, empty for a silent one. */
function hops(...said: readonly (readonly Said[])[]): HopEvidence[] {
  return said.map((own, at) => {
    const hop = new HopEvidence(at + 1);
    for (const value of own.length === 0 ? [null] : own) {
      const probe = new Probe(1, at + 1, 1, 1, 0, false);
      probe.sent = { fields: new Map(), allOptions: true };
      if (own.length > 0) probe.add(quotation(value));
      hop.add(probe);
    }
    return hop;
  });
}

function changes(...said: readonly (readonly Said[])[]) {
  return changesOf(hops(...said), "dscp", 46)
    .map(({ from, to, between, agreeing, sent, witnesses }) =>
      `${from}-${to} at ${between.join("-")}, ${agreeing}/${sent}, ${witnesses} hops`
    );
}

const SAME = [UNCHANGED, UNCHANGED];

Deno.test("the interval is the last hop that saw it as it was, and the first that did not", () => {
  assertEquals(changes(SAME, SAME, [0, 0], [0, 0]), ["46-0 at 2-3, 4/4, 2 hops"]);
  assertEquals(changes([0], [0]), ["46-0 at 0-1, 1/1, 2 hops"]);
  assertEquals(changes(SAME, SAME), []);
  assertEquals(changes(), []);
});

Deno.test("silent hops, and those that do not quote so far, widen it", () => {
  assertEquals(changes(SAME, [], [0]), ["46-0 at 1-3, 3/3, 1 hops"]);
  assertEquals(changes(SAME, [undefined], [], [0]), ["46-0 at 1-4, 3/3, 1 hops"]);
  assertEquals(changes([], [undefined], []), []);
});

Deno.test("one change behind another is told apart", () => {
  assertEquals(changes(SAME, [8], [8], [0], [0]), [
    "46-8 at 1-2, 3/3, 2 hops",
    "8-0 at 3-4, 2/2, 2 hops",
  ]);
});

Deno.test("a hop that hops before and behind it contradict quotes in a way of its own", () => {
  assertEquals(changes(SAME, [0], SAME, SAME), []);
  assertEquals(changes([0], SAME), []); // this host sent it unchanged
  assertEquals(changes(SAME, [0], [8], [0]), ["46-0 at 1-2, 3/3, 2 hops"]);
});

Deno.test("a hop whose quotations disagree is believed when nearly all say the same", () => {
  assertEquals(changes(SAME, [0, UNCHANGED], [0]), ["46-0 at 1-3, 3/3, 1 hops"]);
  assertEquals(changes(SAME, [0, 0, 0, UNCHANGED], [0]), ["46-0 at 1-2, 5/6, 2 hops"]);
});

Deno.test("unchanged is reported only up to the last hop that shows it", () => {
  assertEquals(lastUnchanged(hops(SAME, [], SAME, [undefined], []), "dscp"), 3);
  assertEquals(lastUnchanged(hops([undefined]), "dscp"), null);
  assertEquals(lastUnchanged(hops(SAME, [0]), "dscp"), 1);
  assertEquals(lastUnchanged(hops(SAME, [0], SAME), "mss"), null);
});
