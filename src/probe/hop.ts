import type { ProbeResult } from "./probe_result.ts";
import { RoundTrips } from "./round_trips.ts";

/** Who answered at a hop. */
export interface Responder {
  readonly address: string;
  /** What it answered last. */
  last: ProbeResult;
  readonly times: RoundTrips;
}

/** The outcomes of the probes with one TTL. */
export class Hop {
  readonly ttl: number;
  /** Of all probes with this TTL, whichever host on the path answered. */
  readonly times = new RoundTrips();
  /** Who answered, in the order in which they first did. */
  readonly responders: Responder[] = [];
  /** Every result; empty when they are not kept. */
  readonly results: ProbeResult[] = [];

  constructor(ttl: number) {
    this.ttl = ttl;
  }

  /**
   * Counts the outcome of a probe.
   *
   * @param received false when the answer was not from the path
   */
  add(result: ProbeResult, received: boolean): void {
    this.times.add(received ? result.timeMs : null);
    if (result.responder === null) return;
    let responder = this.responders.find(({ address }) => address === result.responder);
    if (responder === undefined) {
      responder = { address: result.responder, last: result, times: new RoundTrips() };
      this.responders.push(responder);
    }
    responder.last = result;
    responder.times.add(result.timeMs);
  }
}
