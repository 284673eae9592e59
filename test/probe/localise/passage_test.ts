import { assertAlmostEquals, assertEquals } from "@std/assert";
import { HopEvidence } from "../../../src/probe/localise/hops.ts";
import { mayBeCloser, type Stop, stopOf } from "../../../src/probe/localise/passage.ts";
import { chanceOfSilence } from "../../../src/measure/evidence/chance.ts";
import { Probe, type ProbeReply } from "../../../src/probe/localise/probe.ts";

const SENT = 8;
const KINDS = { e: "expired", s: "syn-ack", r: "rst", u: "refused" } as const;

/** Hops by letters, one for each answer of eight packets: `e` expired, `s` SYN-ACK, `r` RST, `u` ICMP. */
function hops(...letters: readonly string[]): HopEvidence[] {
  return letters.map((own, at) => {
    const hop = new HopEvidence(at + 1);
    for (let i = 0; i < SENT; i++) {
      const probe = new Probe(1, at + 1, 1, 1, 0, false);
      probe.sent = { fields: new Map(), allOptions: true };
      const kind = KINDS[own[i] as keyof typeof KINDS];
      if (kind !== undefined) probe.add(answer(kind));
      hop.add(probe);
    }
    return hop;
  });
}

function answer(kind: ProbeReply["kind"]): ProbeReply {
  return { kind, responder: "192.0.2.9", quotation: null, icmp: null };
}

function stop(own: readonly string[], other: readonly string[]) {
  const found = stopOf(hops(...own), hops(...other));
  return found === null || typeof found === "string" ? found : [found.kind, ...found.between];
}

const E = "e".repeat(SENT);
const S = "s".repeat(SENT);
const R = "r".repeat(SENT);
const U = "u".repeat(SENT);

Deno.test("a drop is between the last hop that was passed and the first that the other arm passed", () => {
  assertEquals(stop([E, E, "", ""], [E, E, E, S]), ["dropped", 2, 3]);
  assertEquals(stop([E, E, "", ""], [E, E, "", S]), ["dropped", 2, 4]);
  assertEquals(stop(["", "", ""], [E, E, S]), ["dropped", 0, 1]);
  assertEquals(stop([E, E, E, ""], [E, E, E, S]), ["dropped", 3, 4]);
});

Deno.test("arms that go equally far do not stop", () => {
  assertEquals(stop([E, E, S], [E, E, S]), null);
  assertEquals(stop([E, "", S], [E, E, S]), null);
  assertEquals(stop([E, E, ""], [E, E, ""]), null);
  assertEquals(stop([E, E, R], [E, E, R]), null);
  assertEquals(stop([E, U, U], [E, U, U]), null);
  assertEquals(stop([E, E, S], [E, E, R]), null); // what is taken is not refused
  assertEquals(stop([], []), null);
});

Deno.test("a refusal is where it answers packets that of the other arm only expire", () => {
  assertEquals(stop([E, R, R], [E, E, S]), ["refused", 1, 2]);
  assertEquals(stop([E, R, R], [E, E, R]), ["refused", 1, 2]); // a closed port behind it
  assertEquals(stop([E, E, R], [E, E, S]), ["refused", 2, 3]);
  assertEquals(stop([E, U, U], [E, E, S]), ["refused", 1, 2]);
});

Deno.test("what refuses one arm on the way is no sign that it comes further than the other", () => {
  assertEquals(stop([E, E, E, ""], [E, R, R, R]), null);
  assertEquals(stop([E, E, E, ""], [E, U, U, U]), null);
});

Deno.test("silence that loss explains is no drop, and one refusal is not enough", () => {
  const doubt = (own: string[], other: string[]) => typeof stop(own, other) === "string";
  assertEquals(doubt([E, E, ""], [E, E, "s"]), true);
  assertEquals(doubt([E, E, ""], [E, E, "sss"]), true);
  assertEquals(doubt([E, "", ""], [E, "e", "ss"]), true);
  assertEquals(doubt([E, E, "r"], [E, E, S]), true);
  assertEquals(doubt([E, "", ""], [E, "eee", "sss"]), true);
  // A chance of one in 286 is not too little, where hundreds of paths are looked at
  assertEquals(doubt([E, E, ""], [E, E, "ssssss"]), true);
});

Deno.test("where loss may explain the silence of a hop, the interval goes on to the next", () => {
  assertEquals(stop([E, "", ""], [E, "eeeee", "ssssss"]), ["dropped", 1, 3]);
  assertEquals(stop([E, "", "", ""], [E, "e", E, S]), ["dropped", 1, 3]);
  // One in 286 is not too little here either: the drop may be behind the second hop
  assertEquals(stop([E, "", "", ""], [E, "eeeeee", E, S]), ["dropped", 1, 3]);
  assertEquals(stop([E, "", R, R], [E, "eee", E, S]), ["refused", 1, 3]);
});

Deno.test("a drop may be closer while the other arm was seen between its ends", () => {
  const closer = (own: string[], other: string[]) =>
    mayBeCloser(stopOf(hops(...own), hops(...other)) as Stop, hops(...other));
  assertEquals(closer([E, "", "", ""], [E, "eeeeee", E, S]), true);
  assertEquals(closer([E, "", "", ""], [E, E, E, S]), false);
  assertEquals(closer([E, "", "", ""], [E, "", E, S]), false); // such a hop never answers
  assertEquals(closer([E, "", R, R], [E, "eee", E, S]), false); // nor does loss refuse
});

Deno.test("the chance of silence is that of Fisher's exact test", () => {
  assertAlmostEquals(chanceOfSilence(5, 5, 5), 1 / 252);
  assertAlmostEquals(chanceOfSilence(3, 3, 3), 1 / 20);
  assertAlmostEquals(chanceOfSilence(5, 5, 1), 1 / 2);
  assertEquals(chanceOfSilence(5, 5, 0), 1);
});
