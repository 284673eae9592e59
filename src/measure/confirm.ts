import { STATE } from "../contract/connection.ts";
import type { MergedFlow } from "../contract/flow.ts";
import { NOT_OBSERVED } from "../contract/spider.ts";
import type { Measured, Once } from "./measured.ts";
import type { Vocabulary } from "./vocabulary.ts";

/**
 * How often chance must have struck, in a row and in the same way, before it is not taken for chance
 * any more. Where each way loses 5 % of the packets, every tenth question has no answer, and five in a
 * row is a target in 100,000.
 */
const ENOUGH = 5;

/** How often a target is measured at most. */
const MOST = 8;

/** What a connection that stood and had no answer in time counts for: a server's hiccup is one event. */
const STALLED = 2;

/**
 * Measures a target, and again where the conclusion is one that chance can cause, until chance would
 * have to be improbable, or something else comes out. Every other time the baseline comes after the
 * others: a target that takes only so many connections at once, or in a second, treats the last one
 * worse, whatever it carries. Null when the run was given up before its end.
 */
export async function confirmed(once: Once, vocabulary: Vocabulary): Promise<Measured | null> {
  let kept = await once(false);
  if (kept === null) return null;
  const from = kept.result.time.from;
  let times = 1;
  const told = (one: Measured, conditions = one.result.conditions): Measured => {
    const time = { from, to: one.result.time.to };
    return times === 1
      ? one
      : { ...one, result: { ...one.result, time, conditions }, retried: true };
  };

  // Of how many turns with the same conclusion, and what they weigh
  let same = { turns: 1, weight: weightOf(kept.flows) };
  while (mayBeChance(kept, vocabulary, same)) {
    if (times === MOST) return told(kept, [NOT_OBSERVED]);
    const next = await once(times % 2 === 1);
    if (next === null) return null;
    times++;
    // Neither for nor against
    if (next.result.conditions.includes(NOT_OBSERVED)) continue;
    if (contradicts(kept, next)) return told(next, [NOT_OBSERVED]);
    const { turns, weight } = sameConditions(kept, next) ? same : { turns: 0, weight: 0 };
    same = { turns: turns + 1, weight: weight + weightOf(next.flows) };
    kept = next;
  }
  return told(kept);
}

function mayBeChance(
  { result, flows }: Measured,
  vocabulary: Vocabulary,
  { turns, weight }: { readonly turns: number; readonly weight: number },
): boolean {
  if (vocabulary.doubtful(result.conditions).length > 0) return turns === 1 || weight < ENOUGH;
  return flows.every(isSilent) && weight < ENOUGH;
}

/** How often chance must have struck, for arms to end so. */
export function weightOf(flows: readonly MergedFlow[]): number {
  const down = flows.filter(({ spdr_state }) => spdr_state !== STATE.ok).map(weightOfOne);
  if (down.length === 0) return 1;
  // Where every arm is down they all bear witness to the same; else one of them may be by chance
  return down.length === flows.length ? down.reduce((sum, one) => sum + one, 0) : Math.min(...down);
}

function weightOfOne(flow: MergedFlow): number {
  if (isSilent(flow)) return flow.pkt_fwd!;
  return flow.spdr_state === STATE.timeout ? STALLED : 1;
}

/** Whether packets were sent and nothing at all came back, as far as that was observed. */
function isSilent({ observed, spdr_state, pkt_fwd = 0, pkt_rev }: MergedFlow): boolean {
  return observed && spdr_state === STATE.timeout && pkt_fwd > 0 && pkt_rev === 0;
}

/** Whether an arm came up before, and not now. */
function contradicts(before: Measured, now: Measured): boolean {
  return before.flows.some(({ spdr_state }, arm) =>
    spdr_state === STATE.ok && now.flows[arm]!.spdr_state !== STATE.ok
  );
}

function sameConditions(a: Measured, b: Measured): boolean {
  return a.result.conditions.join() === b.result.conditions.join();
}
