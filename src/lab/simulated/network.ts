import type { LinkSide } from "./simulated_run.ts";
import { LoadedPacket } from "../../transit/packet.ts";
import type { Verdict } from "../../transit/verdict.ts";
import { type Random, seeded } from "../box/random.ts";
import { Step } from "../box/step.ts";
import type { PlannedBox } from "../topology/network_plan.ts";
import { arrived } from "./arrived.ts";
import { errorAbout, resetFor } from "./packets.ts";
import type { VirtualClock } from "./virtual_clock.ts";

/** Where routers send errors from: a link address of labs (see `LINK_POOLS`). */
const ROUTER = { 4: "100.64.0.1", 6: "fd53:7069:6465:ff::1" } as const;

/** What a network is made of. */
export interface NetworkOptions {
  readonly clock: VirtualClock;
  readonly seed: number;
  readonly link: { readonly forward: LinkSide; readonly reverse: LinkSide };
  readonly fault: (sentence: string) => void;
}

/** Takes what has arrived. */
export type Arrival = (octets: Uint8Array<ArrayBuffer>) => void;

/** The ways between one host and many others, with middleboxes in their middle. */
export class Network {
  readonly #options: NetworkOptions;
  readonly #steps = new Map<PlannedBox, Step>();
  readonly #packet = new LoadedPacket();
  readonly #lost: Random;
  #streams = 0;

  constructor(options: NetworkOptions) {
    this.#options = options;
    this.#lost = this.#random();
  }

  /**
   * A way.
   *
   * @param routers the middleboxes of each router on it, in the order in which packets meet them
   * @param ends who is at its ends: where packets go that have come back, and those that have gone forward
   */
  way(routers: readonly (readonly PlannedBox[])[], ends: readonly [Arrival, Arrival]): Way {
    const steps = routers.map((boxes) => boxes.map((box) => this.#step(box)));
    const [there, back] = [steps.flat(), steps.toReversed().flat()];
    const { clock, link } = this.#options;
    const send = (octets: Uint8Array<ArrayBuffer>, forward: boolean) => {
      // No router says so
      if (forward && timeToLive(octets) <= routers.length) return;
      const { delay, loss } = forward ? link.forward : link.reverse;
      if (loss > 0 && this.#lost() < loss) return;
      const { verdict, changed } = this.#through(octets, forward ? there : back);
      if (typeof verdict === "string") {
        const answer = verdict === "drop" ? null : answerTo(changed, verdict);
        if (answer !== null) clock.after(delay, () => ends[forward ? 0 : 1](answer));
        return;
      }
      const to = ends[forward ? 1 : 0];
      for (let copy = 0; copy < verdict.copies; copy++) clock.after(delay, () => to(changed));
      clock.after(delay + verdict.delay, () => to(changed));
    };
    return { forward: (octets) => send(octets, true), reverse: (octets) => send(octets, false) };
  }

  /** What a packet has become behind some middleboxes, and what happens to it. */
  #through(octets: Uint8Array<ArrayBuffer>, steps: readonly Step[]) {
    const sum = { delay: 0, copies: 0 };
    // What cannot be read goes on as it is: no middlebox is about it
    if (steps.length === 0 || !this.#packet.load(octets)) return { verdict: sum, changed: octets };
    let verdict: Verdict;
    for (const step of steps) {
      verdict = step.meet(this.#packet);
      if (typeof verdict === "string") break;
      sum.delay += verdict?.delay ?? 0;
      sum.copies += verdict?.copies ?? 0;
    }
    const changed = (this.#packet.finish()?.slice() ?? octets) as Uint8Array<ArrayBuffer>;
    return { verdict: typeof verdict === "string" ? verdict : sum, changed };
  }

  /** One middlebox is the same for all ways through it. */
  #step(box: PlannedBox): Step {
    let step = this.#steps.get(box);
    if (step === undefined) {
      const { clock, fault } = this.#options;
      step = new Step(box, {
        random: this.#random(),
        now: () => clock.now,
        answers: true,
        fault,
      });
      this.#steps.set(box, step);
    }
    return step;
  }

  #random(): Random {
    return seeded(this.#options.seed, this.#streams++);
  }
}

/** A way to a target and back: each takes a packet that is sent. */
export interface Way {
  forward(octets: Uint8Array<ArrayBuffer>): void;
  reverse(octets: Uint8Array<ArrayBuffer>): void;
}

function timeToLive(octets: Uint8Array): number {
  return octets[octets[0]! >> 4 === 4 ? 8 : 7]!;
}

/** What a middlebox sends back to where a packet came from; null for nothing. */
function answerTo(
  octets: Uint8Array<ArrayBuffer>,
  verdict: "reset" | "prohibit",
): Uint8Array<ArrayBuffer> | null {
  const packet = arrived(octets);
  if (packet === null) return null;
  return verdict === "reset"
    ? resetFor(packet)
    : errorAbout(packet, "prohibited", ROUTER[packet.version]);
}
