import type { TransitProgram, TransitTools } from "../../contract/middlebox.ts";
import { readVerdict, type Verdict } from "../../transit/verdict.ts";
import type { LoadedPacket } from "../../transit/packet.ts";
import type { Network } from "../topology/addresses.ts";
import type { PlannedBox } from "../topology/network_plan.ts";
import { asked } from "./asked.ts";
import type { Random } from "./random.ts";

/** Flows that a middlebox remembers something about. */
const MOST_REMEMBERED = 65_536;

/** What the program of a middlebox runs with. */
export interface StepOptions {
  readonly random: Random;
  /** A steady clock, in milliseconds. */
  readonly now: () => number;
  /** Whether it may answer packets itself. */
  readonly answers: boolean;
  /** Called with a sentence when it throws, once. */
  readonly fault: (sentence: string) => void;
}

/** The program of one middlebox, with the packets that it is to meet. */
export class Step {
  readonly #planned: PlannedBox;
  readonly #program: TransitProgram;
  readonly #options: StepOptions;
  #failed = false;

  constructor(planned: PlannedBox, options: StepOptions) {
    const { random, now } = options;
    const tools: TransitTools = { random, now, memory };
    this.#planned = planned;
    this.#program = asked(planned, () => planned.box.program!(planned.value, tools));
    this.#options = options;
  }

  /** What becomes of a packet, which it may have changed. */
  meet(packet: LoadedPacket): Verdict {
    const { to, port, direction, probability } = this.#planned;
    if (to !== null) {
      const way = isIn(packet.address("destination"), to)
        ? "forward"
        : isIn(packet.address("source"), to)
        ? "reverse"
        : null;
      if (way === null || (direction !== null && way !== direction)) return undefined;
      packet.direction = way;
    } else packet.direction = "forward";
    if (port !== null && !hasPort(packet, port, to !== null)) return undefined;
    if (probability !== null && this.#options.random() >= probability) return undefined;
    try {
      const verdict = readVerdict(this.#program(packet));
      if (typeof verdict !== "string" || verdict === "drop" || this.#options.answers) {
        return verdict;
      }
      throw new Error(`it answers by ${verdict}, for which it needs rules of nftables here`);
    } catch (error) {
      if (!this.#failed) {
        this.#failed = true;
        const why = error instanceof Error ? error.message : String(error);
        this.#options.fault(
          `The middlebox ${this.#planned.written} drops what it fails at: ${why}`,
        );
      }
      return "drop";
    }
  }
}

/** Whether a packet has the port on the side that lies behind a middlebox, or on any. */
function hasPort(packet: LoadedPacket, port: number, isDirected: boolean): boolean {
  const { sourcePort, destinationPort, direction } = packet;
  if (!isDirected) return sourcePort === port || destinationPort === port;
  return (direction === "forward" ? destinationPort : sourcePort) === port;
}

function isIn(address: Uint8Array, networks: readonly Network[]): boolean {
  return networks.some(({ octets, bits }) => {
    if (octets.length !== address.length) return false;
    const whole = bits >> 3;
    for (let at = 0; at < whole; at++) if (octets[at] !== address[at]) return false;
    return (bits & 7) === 0 || (octets[whole]! ^ address[whole]!) >> (8 - (bits & 7)) === 0;
  });
}

/** Something about each flow, of the last ones. */
function memory<T>(): Pick<Map<string, T>, "get" | "set"> {
  const kept = new Map<string, T>();
  return {
    get: (flow) => kept.get(flow),
    set(flow, value) {
      kept.delete(flow);
      kept.set(flow, value);
      if (kept.size > MOST_REMEMBERED) kept.delete(kept.keys().next().value!);
      return kept;
    },
  };
}
