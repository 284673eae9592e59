import { assert, assertEquals } from "@std/assert";
import {
  type Clock,
  findOut,
  type FlowSource,
  type Turn,
} from "../../../src/measure/evidence/policy.ts";
import { helpers } from "../../../src/measure/helpers.ts";
import type { ArmResult } from "../../../src/measure/run_arm.ts";
import type { MergedFlow, ObservedFlow } from "../../../src/mod.ts";
import { flow, SILENT } from "../../data/flow.ts";

const UNKNOWN = "pathspider.not_observed";

const up = flow();
const reset = flow({ spdr_state: 1, spdr_outcome: "refused", tcp_connected: false });
const silent = flow(SILENT);
const fellBack = flow({
  tcp_synflags_fwd: 0xc2,
  tcpx_syn_fwd: 2,
  tcpx_syn_differed: true,
  tcpx_synflags_answered: 0x02,
});
const unseen: MergedFlow = { ...silent, observed: false, missed: "no packet seen" };
const notBegun: MergedFlow = { ...silent, observed: false, missed: "not begun" };

type Flows = readonly [MergedFlow, MergedFlow];

/** A target whose flows a function gives, by the numbers of the turn and of the set. */
class Played implements FlowSource {
  readonly overlaps = false;
  readonly turns: number[] = [];
  sets = 0;
  watched = 0;
  /** The final state of each set, with its late answers. */
  late: (set: number) => Flows | null = () => null;

  constructor(readonly flows: (set: number, turn: number) => Flows | null) {}

  async take(turn: Turn): Promise<boolean> {
    this.turns.push(0);
    for (let at = 0; at < turn.sets && !turn.enough(); at++) {
      const results = this.open(turn);
      if (results === null) return false;
      await turn.ended(results);
    }
    return true;
  }

  /** The next set of a turn; null when the run is given up. */
  open(turn: Turn): readonly ArmResult[] | null {
    const set = this.sets++;
    this.turns[turn.number]!++;
    return this.flows(set, turn.number)?.map((one, arm) => this.#result(one, arm, set)) ?? null;
  }

  abandon(): void {}

  #result(shape: MergedFlow, arm: number, set: number): ArmResult {
    const port = 40_000 + 2 * set + arm;
    const own = { sp: port, arm: ["plain", "other"][arm]!, config: arm };
    const late = this.late(set);
    let ended = false;
    if (late !== null) this.watched++;
    return {
      connection: { state: shape.spdr_state } as ArmResult["connection"],
      flow: { ...shape, ...own } as MergedFlow,
      late: late === null ? null : {
        look: () => {
          assert(!ended, "a watch that has ended shows nothing any more");
          return { ...this.late(set)![arm]!, ...own } as MergedFlow;
        },
        end: () => {
          ended = true;
          this.watched--;
        },
      },
    };
  }
}

/** Concludes as most spiders do. */
function conclude(flows: readonly MergedFlow[]): Promise<readonly string[]> {
  if (flows.some(({ observed }) => !observed)) return Promise.resolve([UNKNOWN, "missed"]);
  const [plain, other] = flows as readonly ObservedFlow[];
  const word = helpers.compare(plain!, other!);
  return Promise.resolve([word === null ? UNKNOWN : word]);
}

const CLOCK: Clock = {
  now: 0,
  get wall() {
    return Date.now();
  },
  after: (_milliseconds, call) => {
    const timer = setTimeout(call, 0);
    return () => clearTimeout(timer);
  },
};

const DOUBTFUL = ["broken", "transient", "offline"];

async function found(source: Played, said = conclude, clock = CLOCK) {
  const finding = await findOut(
    source,
    {
      arms: 2,
      conclude: said,
      isDoubtful: (conditions) => conditions.some((condition) => DOUBTFUL.includes(condition)),
    },
    clock,
    { apart: 0, overlap: 0 },
  );
  if (finding === null) return null;
  const { conditions, missed, confirmed, evidence } = finding;
  return { said: conditions.join(), missed, confirmed, evidence: evidence(), finding };
}

/** The conclusion, and how many sets of flows it took in each turn. */
async function ends(...args: ConstructorParameters<typeof Played>) {
  const source = new Played(...args);
  return [(await found(source))?.said, ...source.turns];
}

Deno.test("what chance cannot cause is concluded from one flow of each arm", async () => {
  assertEquals(await ends(() => [up, up]), ["works", 1]);
});

Deno.test("an arm that never comes up is broken when Fisher's exact test says so", async () => {
  for (const down of [reset, silent, fellBack]) {
    assertEquals(await ends(() => [up, down]), ["broken", 1, 8]);
  }
  assertEquals(await ends(() => [silent, up]), ["transient", 1, 8]);
  const source = new Played(() => [up, silent]);
  const { evidence, confirmed } = (await found(source))!;
  assert(confirmed);
  assertEquals(evidence["plain"], { flows: 9, up: 9 });
  assertEquals([evidence["other"]?.flows, evidence["other"]?.up], [9, 0]);
  assert(evidence["other"]!.p! < 1 / 30_000);
});

Deno.test("one flow that comes up is enough to say that the arm does", async () => {
  assertEquals(await ends((set) => [up, set < 4 ? silent : up]), ["works", 1, 4]);
  // Never both in one set
  const { said, finding } = (await found(
    new Played((set) => set % 2 === 0 ? [up, reset] : [reset, up]),
  ))!;
  assertEquals(said, "works");
  assertEquals(finding.flows.map(({ arm, spdr_state }) => [arm, spdr_state]), [
    ["plain", 0],
    ["other", 0],
  ]);
});

Deno.test("where the baseline fails as well, it takes more flows, or there is no verdict", async () => {
  const half = await ends((set) => [set % 2 === 0 ? up : reset, reset]);
  assertEquals(half[0], "broken");
  assert(half.length > 3, "more than two turns");
  const rare = await found(new Played((set) => [set === 0 ? up : reset, reset]));
  assertEquals([rare?.said, rare?.missed], [UNKNOWN, {
    plain: "chance cannot be excluded",
    other: "chance cannot be excluded",
  }]);
});

Deno.test("silence of every arm takes many source ports, and two turns", async () => {
  assertEquals(await ends(() => [silent, silent]), ["offline", 1, 7]);
  assertEquals(await ends(() => [reset, silent]), ["offline", 1, 7]);
  assertEquals(await ends((set) => set < 7 ? [silent, silent] : [up, up]), ["works", 1, 7]);
});

Deno.test("an answer after the end of a connection is no silence", async () => {
  const source = new Played(() => [silent, silent]);
  const late = { ...silent, pkt_rev: 1, tcp_synflags_rev: 0x12 };
  source.late = (set) => set === 0 ? [late, late] : null;
  source.late = () => [late, late];
  const { said, missed } = (await found(source))!;
  assertEquals(said, UNKNOWN);
  assertEquals(missed, {
    plain: "an answer came too late, or was not accepted",
    other: "an answer came too late, or was not accepted",
  });
  assertEquals(source.watched, 0, "nothing is watched any more");
});

Deno.test("nothing is called silent before its first flow was listened to for half as long again", async () => {
  const begun = Date.now();
  let wall = begun + 7000;
  const at = (seconds: number) => new Date(begun + 1000 * seconds).toISOString();
  const justEnded = { ...silent, spdr_start: at(0), spdr_stop: at(5) };
  let waited = 0;
  const clock: Clock = {
    now: 0,
    get wall() {
      return wall;
    },
    after: (milliseconds, call) => {
      waited = Math.max(waited, milliseconds);
      return CLOCK.after(milliseconds, () => {
        wall += milliseconds;
        call();
      });
    },
  };
  const source = new Played(() => [justEnded, justEnded]);
  const answered = { ...justEnded, pkt_rev: 1, tcp_synflags_rev: 0x12 };
  source.late = () => waited > 0 ? [answered, answered] : [justEnded, justEnded];
  assertEquals((await found(source, conclude, clock))?.said, UNKNOWN);
  assertEquals(waited, 500);
  assertEquals(
    (await found(new Played(() => [justEnded, reset]), conclude, clock))?.said,
    "offline",
  );
});

Deno.test("a path nearly as slow as the timeout says nothing of what ran out of it", async () => {
  const slow = flow({ spdr_stop: "2023-11-14T22:13:29.000Z" });
  const slowly = await found(new Played((set) => set === 0 ? [slow, silent] : [slow, silent]));
  assertEquals(slowly?.said, UNKNOWN);
});

Deno.test("an arm that the host cannot measure is not tried again", async () => {
  const source = new Played(() => [up, notBegun]);
  const { said, missed } = (await found(source))!;
  assertEquals([said, missed, source.turns], [`${UNKNOWN},missed`, { other: "not begun" }, [1]]);
});

Deno.test("an arm that the host did not observe for once is measured in one more turn", async () => {
  const source = new Played(() => [up, unseen]);
  const { said, missed } = (await found(source))!;
  assertEquals(said, `${UNKNOWN},missed`);
  assertEquals([missed, source.turns], [{ other: "no packet seen" }, [1, 3]]);
  assertEquals(await ends((set) => set === 0 ? [unseen, up] : [up, up]), ["works", 1, 1]);
  const broken = (set: number): Flows => set === 0 ? [unseen, reset] : [up, reset];
  assertEquals((await ends(broken))[0], "broken");
});

Deno.test("flows that do not carry a verdict are repeated a few times only", async () => {
  const odd = flow({ spdr_state: 1, spdr_outcome: "reset" });
  assertEquals(await ends(() => [odd, odd]), [UNKNOWN, 1, 3]);
  assertEquals(await ends((set) => set === 0 ? [odd, odd] : [up, up]), ["works", 1, 1]);
});

Deno.test("what chance can cause although every arm came up must come out five times", async () => {
  const said = (sets: string[]) => {
    const known = new Map<unknown, string>();
    return ([first]: readonly MergedFlow[]) => {
      if (!known.has(first!.sp)) known.set(first!.sp, sets[Math.min(known.size, sets.length - 1)]!);
      return Promise.resolve([known.get(first!.sp)!]);
    };
  };
  const source = new Played(() => [up, up]);
  assertEquals((await found(source, said(["broken"])))?.said, "broken");
  assertEquals(source.sets, 5);
  const differs = await found(new Played(() => [up, up]), said(["broken", "broken", "transient"]));
  assertEquals(differs?.said, UNKNOWN);
});

Deno.test("a run that is given up gives no finding", async () => {
  assertEquals(await found(new Played((set) => set < 3 ? [up, reset] : null)), null);
  const cancelled = { ...reset, spdr_state: 4 } as MergedFlow;
  assertEquals(await found(new Played((set) => set < 3 ? [up, reset] : [cancelled, reset])), null);
});

/** Its fourth set and its fifth end at once, and what is concluded of the fourth comes last. */
class Overtaken extends Played {
  #calls = 0;
  #last = 0;
  #atLast: () => void = () => {};

  constructor() {
    super(() => [up, up]);
  }

  override async take(turn: Turn): Promise<boolean> {
    if (turn.number === 0) return await super.take(turn);
    this.turns.push(0);
    for (let at = 0; at < 2; at++) await turn.ended(this.open(turn)!);
    const asked = Promise.withResolvers<void>();
    const fourth = this.#ended(turn, 5, asked.resolve);
    await asked.promise;
    const fifth = this.#ended(turn, 6, () => queueMicrotask(() => this.#answer.resolve()));
    await Promise.all([fourth, fifth]);
    return true;
  }

  readonly #answer = Promise.withResolvers<void>();

  /** Ends a set, of which so many conclusions are asked for; calls back with the last of them. */
  #ended(turn: Turn, calls: number, atLast: () => void): Promise<void> {
    [this.#calls, this.#last, this.#atLast] = [0, calls, atLast];
    return turn.ended(this.open(turn)!);
  }

  /** Concludes the same of every set. */
  readonly conclude = async (): Promise<readonly string[]> => {
    const isLast = ++this.#calls === this.#last;
    if (isLast) this.#atLast();
    if (isLast && this.#last === 5) await this.#answer.promise;
    return ["broken"];
  };
}

Deno.test("what is found stays found when a look that began before ends later", async () => {
  const source = new Overtaken();
  assertEquals((await found(source, source.conclude))?.said, "broken");
  assertEquals(source.turns, [1, 4]);
});
