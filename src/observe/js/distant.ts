import type { Chain } from "../../contract/chain.ts";
import type { DescribedPackets } from "./hook_walk.ts";

/**
 * Runs the hooks of a chain elsewhere, such as in a worker: many packets at once. Each call returns
 * when that is done. A number that `open` gave names a table of flows.
 */
export interface DistantHooks {
  open(): number;
  /**
   * Shows packets to the hooks.
   *
   * @param octets the memory in which the packets lie
   * @param judge as that of `HookWalk`
   */
  walk(
    table: number,
    packets: DescribedPackets,
    octets: Uint8Array,
    judge: (at: number, verdict: number) => void,
  ): void;
  /** The fields of flows, each as a JSON object, in the order of the flows. */
  fields(table: number, flows: readonly number[]): readonly string[];
  /** Ends a flow, or the interest in it. */
  end(table: number, flow: number): void;
}

const distant = new WeakMap<Chain, DistantHooks>();

/** Records that the hooks of a chain run elsewhere: those that it has are not called. Returns it. */
export function runElsewhere(chain: Chain, hooks: DistantHooks): Chain {
  distant.set(chain, hooks);
  return chain;
}

/** Where the hooks of a chain run; undefined for those that run here. */
export function distantHooks(chain: Chain): DistantHooks | undefined {
  return distant.get(chain);
}
