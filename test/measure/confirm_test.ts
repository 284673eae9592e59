import { assertEquals } from "@std/assert";
import { confirmed } from "../../src/measure/confirm.ts";
import type { Measured } from "../../src/measure/measured.ts";
import { Vocabulary } from "../../src/measure/vocabulary.ts";
import type { ObservedFlow, Spider } from "../../src/mod.ts";
import { flow } from "../data/flow.ts";

const vocabulary = new Vocabulary(
  { name: "x", conditions: {}, confirm: ["x.broken", "x.transient"] } as unknown as Spider,
);
const UNKNOWN = "pathspider.not_observed";

const up = flow();
const reset = flow({ spdr_state: 1, spdr_outcome: "reset" });
const silent = (packets: number) =>
  flow({ spdr_state: 2, spdr_outcome: "timeout", pkt_fwd: packets, pkt_rev: 0 });

type Turn = readonly [conditions: string, ...flows: ObservedFlow[]];
const works: Turn = ["x.works", up, up];
const broken: Turn = ["x.broken", up, reset];
const transient: Turn = ["x.transient", reset, up];

/** What comes of turns, the last of them repeated for ever, and how many there were. */
async function told(...turns: Turn[]) {
  const baselineLast: boolean[] = [];
  const result = await confirmed((last) => {
    const at = baselineLast.push(last) - 1;
    const [conditions, ...flows] = turns[Math.min(at, turns.length - 1)]!;
    const time = { from: `from ${at}`, to: `to ${at}` };
    const measured = {
      result: { sip: null, path: [], time, conditions: conditions.split(" ") },
      flows,
      missed: [],
      jobs: null,
      retried: false,
    };
    return Promise.resolve<Measured | null>(conditions === "" ? null : measured);
  }, vocabulary);
  return { result, baselineLast, conditions: result?.result.conditions.join(" ") };
}

/** The same, as conditions and number of turns. */
async function ends(...turns: Turn[]) {
  const { conditions, baselineLast } = await told(...turns);
  return [conditions, baselineLast.length];
}

Deno.test("what chance cannot cause is measured once", async () => {
  assertEquals(await ends(works), ["x.works", 1]);
  assertEquals(await ends([UNKNOWN, up, reset]), [UNKNOWN, 1]);
  assertEquals(await ends(["x.offline", reset, reset]), ["x.offline", 1]);
});

Deno.test("what one event can cause must come out five times in a row", async () => {
  assertEquals(await ends(broken), ["x.broken", 5]);
  assertEquals(await ends(broken, broken, broken, broken, works), ["x.works", 5]);
  // A fallback of the kernel's: all sockets connected
  assertEquals(await ends(["x.broken", up, up]), ["x.broken", 5]);
});

Deno.test("packets that went unanswered count one by one, but at least two turns", async () => {
  assertEquals(await ends(["x.broken", up, silent(1)]), ["x.broken", 5]);
  assertEquals(await ends(["x.broken", up, silent(3)]), ["x.broken", 2]);
  assertEquals(await ends(["x.broken", up, silent(9)]), ["x.broken", 2]);
  assertEquals(await ends(["x.broken", up, silent(9), silent(1)]), ["x.broken", 5]);
  // A server that stalls has done so once, however often the kernel asked it
  assertEquals(await ends(["x.broken", up, { ...silent(9), pkt_rev: 2 }]), ["x.broken", 3]);
});

Deno.test("the silence of all arms must be long enough too", async () => {
  assertEquals(await ends(["x.offline", silent(3), silent(3)]), ["x.offline", 1]);
  assertEquals(await ends(["x.offline", silent(1), silent(1)]), ["x.offline", 3]);
  assertEquals(await ends(["x.offline", silent(1)], ["x.online", up]), ["x.online", 2]);
});

Deno.test("every other turn has its baseline last", async () => {
  const { baselineLast } = await told(broken);
  assertEquals(baselineLast, [false, true, false, true, false]);
});

Deno.test("a server that treats the second connection worse is found out", async () => {
  assertEquals(await ends(broken, transient), [UNKNOWN, 2]);
});

Deno.test("an arm that came up before, and does not now, ends it", async () => {
  assertEquals(await ends(broken, ["x.offline", reset, reset]), [UNKNOWN, 2]);
});

Deno.test("turns that say nothing do not count, and are not taken for ever", async () => {
  const nothing: Turn = [UNKNOWN, up, up];
  assertEquals(await ends(broken, nothing, broken), ["x.broken", 6]);
  assertEquals(await ends(broken, nothing), [UNKNOWN, 8]);
  assertEquals(await ends(["x.broken", up, silent(9)], nothing), [UNKNOWN, 8]);
});

Deno.test("another conclusion begins anew", async () => {
  const other: Turn = ["x.broken x.more", up, reset];
  assertEquals(await ends(broken, other), ["x.broken x.more", 6]);
  assertEquals(await ends(broken, other, broken, other, broken, other, broken), [UNKNOWN, 8]);
});

Deno.test("the records are those of the last turn, the times those of all", async () => {
  const { result } = await told(broken);
  assertEquals(result?.result.time, { from: "from 0", to: "to 4" });
  assertEquals(result?.retried, true);
  assertEquals((await told(works)).result?.retried, false);
});

Deno.test("a run that is given up gives no result", async () => {
  assertEquals((await told(broken, ["", up])).result, null);
});
