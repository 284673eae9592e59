import { isForeign } from "./classify.ts";
import type { MtrPacket } from "./mtr_packet.ts";
import type { Address, ProbeOptions } from "./probe_options.ts";
import type { ProbeResult } from "./probe_result.ts";

/** How often a probe is sent, while answers of other hosts are taken for the target's. */
const TRIES = 3;

/**
 * Sends a probe, and another when a foreign answer was taken for the target's (see {@linkcode
 * isForeign}), which hides whether the target answered. Not over UDP, where it answers this very
 * probe.
 */
export async function probePersistently(
  mtr: MtrPacket,
  to: Address,
  options: ProbeOptions,
): Promise<ProbeResult> {
  for (let tries = 1;; tries++) {
    const result = await mtr.probe(to.text, options);
    if (tries === TRIES || options.protocol === "udp" || !isForeign(result)) return result;
  }
}
