import { type BodyLimits, bodyOctets } from "./body.ts";
import { fairShares, type Sharer } from "./fair_shares.ts";

/** A body that is coming. */
interface Coming extends Sharer {
  readonly giveUp: AbortController;
}

/**
 * Bodies that come at once, for one purpose: no more than there is memory for. Where they are too many those
 * are given up that have taken longest, of the network that sends the most, so that a client who sends his
 * slowly keeps nobody else's out.
 */
export class ComingBodies {
  readonly #coming = new Set<Coming>();

  /**
   * The octets of a body.
   *
   * @param network whose it is
   * @param places how many may come at once
   * @throws {ProblemError} 503 where it was given up for others, else as {@linkcode bodyOctets}
   */
  async read(
    request: Request,
    limits: Pick<BodyLimits, "most" | "seconds">,
    network: string,
    places: number,
  ): Promise<Uint8Array<ArrayBuffer>> {
    if (request.body === null) return new Uint8Array();
    const giveUp = new AbortController();
    const mine = { address: network, isBusy: false, since: performance.now(), giveUp };
    this.#coming.add(mine);
    for (const one of fairShares([...this.#coming], places)) one.giveUp.abort();
    try {
      return await bodyOctets(request, { ...limits, giveUp: giveUp.signal });
    } finally {
      this.#coming.delete(mine);
    }
  }
}
