import type { Endpoint } from "../contract/job.ts";
import type { ExpectOptions, FlowTable } from "./flow_table.ts";

/** A connection whose packets are watched. */
export interface Watch {
  readonly flow: number;
  readonly local: Endpoint;
  readonly remote: Endpoint;
  /** How many packets the kernel had dropped when it began. */
  readonly drops: number;
  /** Another connection used its addresses and ports before its record was read. */
  mixed: boolean;
  complete: boolean;
  onComplete: (() => void) | null;
}

/** What is expected, and how many packets were dropped before it. */
export interface Expected {
  readonly local: Endpoint;
  readonly remote: Endpoint;
  readonly protocol: number;
  readonly options: ExpectOptions;
  /** Called when it is expected. */
  drops(): number;
}

/**
 * Expects a connection's flow, and adds it to those that are watched, by flow. Null when one on the same
 * addresses and ports is among them: then that one is mixed.
 */
export function watchFlow(
  watches: Map<number, Watch>,
  table: FlowTable,
  { local, remote, protocol, options, drops }: Expected,
): Watch | null {
  const flow = table.expect(local, remote, protocol, options);
  if (flow === 0) {
    for (const watch of watches.values()) {
      if (isSame(watch.local, local) && isSame(watch.remote, remote)) watch.mixed = true;
    }
    return null;
  }
  const watch: Watch = {
    ...{ flow, local, remote },
    drops: drops(),
    mixed: false,
    complete: false,
    onComplete: null,
  };
  watches.set(flow, watch);
  return watch;
}

function isSame(one: Endpoint, other: Endpoint): boolean {
  return one.port === other.port && one.address === other.address;
}
