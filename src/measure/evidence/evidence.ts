import { STATE } from "../../contract/connection.ts";
import type { MergedFlow, ObservedFlow } from "../../contract/flow.ts";
import type { ArmEvidence } from "../../contract/spider.ts";
import { helpers } from "../helpers.ts";
import { chanceOfSilence, FLOWS_OFFLINE, MOST_CHANCE } from "./chance.ts";

/** One flow of each arm, in the order of the arms. */
export interface FlowSet {
  /** The turn that it belongs to, from 0. Flows of one turn are close in time, turns are apart. */
  readonly turn: number;
  readonly flows: readonly MergedFlow[];
}

/**
 * The state of a target: `settled` when chance does not explain which arms come up, `open` while it
 * may, `unclear` when flows are not conclusive, however many there are.
 */
export type Standing = "settled" | "open" | "unclear";

/** How long to wait for an answer to the first connection, as a multiple of the timeout. */
const PATIENCE = 1.5;

/** The outcomes of an arm's flows. */
interface ArmCount {
  /** Flows that show whether the arm comes up. */
  readonly flows: number;
  readonly up: number;
  /** Those of them that were answered at the first SYN. */
  readonly upAtOnce: number;
  /** A connection came up only because the kernel fell back to a SYN without the feature. */
  readonly fellBack: boolean;
  /** An answer was too late, or was not accepted: the arm may come up, given more time. */
  readonly answered: boolean;
  /** Turns with a flow that did not come up. */
  readonly turnsDown: number;
}

/**
 * The evidence on a target from all flows of its arms. An independent event is a flow with a source
 * port of its own: what is sent again on the same port takes the same path (RFC 2992) and is no
 * other event.
 */
export class Evidence {
  readonly #sets: readonly FlowSet[];
  /** The time that a flow took which came up, in milliseconds: the median, so that loss does not count. */
  readonly #upTime: number;
  readonly #counts: readonly ArmCount[];

  constructor(arms: number, sets: readonly FlowSet[]) {
    this.#sets = sets;
    const up = sets.flatMap(({ flows }) => flows).filter((flow) => upOf(flow, 0));
    this.#upTime = median(up.map(duration));
    this.#counts = Array.from({ length: arms }, (_, arm) => this.#count(arm));
  }

  /** Whether a flow of some arm came up. */
  get someUp(): boolean {
    return this.#counts.some(({ up }) => up > 0);
  }

  /** How many arms never came up. */
  get silentArms(): number {
    return this.#counts.filter(({ up }) => up === 0).length;
  }

  /** Sets in which every arm came up. */
  get allUp(): readonly FlowSet[] {
    return this.#sets.filter(({ flows }) => flows.every((flow) => this.#isUp(flow)));
  }

  /** How many more flows are needed before chance does not explain that none came up. */
  get missingForOffline(): number {
    return Math.max(0, FLOWS_OFFLINE - this.#portsDown().size);
  }

  /**
   * Until when answers may still come to the first flow of each arm, in milliseconds since 1970. Where
   * no arm comes up nothing else distinguishes a slow target from a silent one.
   */
  get listensUntil(): number {
    const untils = this.#counts.map((_, arm) =>
      this.#sets.map(({ flows }) => flows[arm]!)
        .filter(({ spdr_outcome }) => spdr_outcome === "timeout")
        .map((flow) => Date.parse(flow.spdr_start) + PATIENCE * duration(flow))
    );
    return Math.max(0, ...untils.map((all) => all.length === 0 ? 0 : Math.min(...all)));
  }

  standing(): Standing {
    const counts = this.#counts;
    if (counts.some(({ flows, up, answered }) => flows === 0 || up === 0 && answered)) {
      return "unclear";
    }
    if (this.silentArms === 0) return "settled";
    const reference = referenceOf(counts);
    return reference === null ? this.#standingOfSilence() : standingBeside(counts, reference);
  }

  /**
   * A flow of each arm that behaved as the arm was found to, of one set where there is such a set:
   * the fastest one, since nothing of it was lost.
   */
  representative(): readonly MergedFlow[] {
    const fits = (flow: MergedFlow, arm: number) => {
      const { flows, up } = this.#counts[arm]!;
      return this.#isUp(flow) === (flows === 0 ? null : up > 0);
    };
    const upTimes = ({ flows }: FlowSet) =>
      Math.max(0, ...flows.filter((flow) => this.#isUp(flow)).map(duration));
    const whole = this.#sets.filter(({ flows }) => flows.every(fits));
    if (whole.length > 0) return leastOf(whole, upTimes).flows;
    return this.#counts.map((_, arm) => {
      const flows = this.#sets.map((set) => set.flows[arm]!);
      const fitting = flows.filter((flow) => fits(flow, arm));
      return leastOf(fitting.length > 0 ? fitting : flows, duration);
    });
  }

  /** The outcomes of the arms, by name, with the probability that an arm is silent by chance. */
  summary(): Readonly<Record<string, ArmEvidence>> {
    const reference = referenceOf(this.#counts);
    return Object.fromEntries(this.#counts.map((count, at) => {
      const { flows, up } = count;
      const { arm } = this.#sets[0]!.flows[at]!;
      if (reference === null || up > 0 || flows === 0) return [arm, { flows, up }];
      return [arm, { flows, up, p: chanceBeside(count, reference) }];
    }));
  }

  #standingOfSilence(): Standing {
    // A connection that came up and failed later, or came up after a fallback, is not silent
    if (this.#sets.some(({ flows }) => flows.some((flow) => stood(flow)))) return "unclear";
    const turns = new Set(this.#sets.map(({ turn }) => turn)).size;
    return this.missingForOffline === 0 && turns > 1 ? "settled" : "open";
  }

  /** Source ports of flows that did not come up. */
  #portsDown(): ReadonlySet<unknown> {
    return new Set(
      this.#sets.flatMap(({ flows }) =>
        flows.filter((flow) => this.#isUp(flow) === false)
          .map(({ sp = null, arm, spdr_start }) => sp ?? `${arm} ${spdr_start}`)
      ),
    );
  }

  #count(arm: number): ArmCount {
    const turnsDown = new Set<number>();
    let [flows, up, upAtOnce, fellBack, answered] = [0, 0, 0, false, false];
    for (const set of this.#sets) {
      const flow = set.flows[arm]!;
      const state = this.#isUp(flow);
      if (state === null) {
        answered ||= flow.observed && flow.spdr_state !== STATE.ok;
        continue;
      }
      flows++;
      if (state) {
        up++;
        if ((flow.tcpx_syn_fwd ?? 1) < 2) upAtOnce++;
      } else {
        turnsDown.add(set.turn);
        fellBack ||= flow.spdr_state === STATE.ok;
      }
    }
    return { flows, up, upAtOnce, fellBack, answered, turnsDown: turnsDown.size };
  }

  #isUp(flow: MergedFlow): boolean | null {
    return upOf(flow, this.#upTime);
  }
}

/**
 * The arm that the silent ones are compared with: of those that came up, the one with most flows.
 */
function referenceOf(counts: readonly ArmCount[]): ArmCount | null {
  const up = counts.filter((count) => count.up > 0);
  return up.length === 0 ? null : up.reduce((best, one) => one.flows > best.flows ? one : best);
}

function standingBeside(counts: readonly ArmCount[], reference: ArmCount): Standing {
  const silent = counts.filter(({ up }) => up === 0);
  const beyondChance = silent.every((count) =>
    count.turnsDown > 1 && chanceBeside(count, reference) <= MOST_CHANCE
  );
  return beyondChance ? "settled" : "open";
}

/**
 * The kernel sends a SYN with a feature it falls back from once, and others several times: then only
 * the first SYNs of both are the same trial.
 */
function chanceBeside(silent: ArmCount, reference: ArmCount): number {
  const succeeded = silent.fellBack ? reference.upAtOnce : reference.up;
  return chanceOfSilence(silent.flows, reference.flows, succeeded);
}

/**
 * Whether a flow came up; null when that is unknown. A timeout is not conclusive where another flow
 * took more than half of that time.
 *
 * @param upTime how long flows take that come up, in milliseconds
 */
function upOf(flow: MergedFlow, upTime: number): boolean | null {
  if (!flow.observed) return null;
  const up = helpers.isUp(flow);
  return up === false && flow.spdr_outcome === "timeout" && 2 * upTime > duration(flow) ? null : up;
}

/** The item with the least of something. */
function leastOf<T>(items: readonly T[], of: (item: T) => number): T {
  return items.reduce((best, item) => of(item) < of(best) ? item : best);
}

/** The median, the lower one of two; 0 for an empty list. */
function median(numbers: readonly number[]): number {
  const sorted = numbers.toSorted((a, b) => a - b);
  return sorted[(sorted.length - 1) >> 1] ?? 0;
}

function stood(flow: MergedFlow): boolean {
  return flow.observed && (flow.spdr_state === STATE.ok || flow.tcp_connected);
}

function duration({ spdr_start, spdr_stop }: MergedFlow): number {
  return Date.parse(spdr_stop) - Date.parse(spdr_start);
}

/** Why a flow does not show whether its arm comes up; null when it does. */
export function whyUnclear(flow: MergedFlow): string | null {
  if (!flow.observed) {
    return flow.spdr_errno === null ? flow.missed : `${flow.missed} (${flow.spdr_errno})`;
  }
  const observed: ObservedFlow = flow;
  if (helpers.isUp(observed) !== null) return null;
  return observed.spdr_state === STATE.ok
    ? "it is unknown which SYN was answered"
    : observed.spdr_outcome === "failed"
    ? `the answer was not understood (${observed.spdr_errno})`
    : "an answer came too late, or was not accepted";
}
