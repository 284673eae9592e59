import xxhash from "xxhash-wasm";
import type { Job } from "../contract/job.ts";
import { canonicalAddress } from "./address.ts";

const { h64 } = await xxhash();

/** The key of a job. */
export type JobKey = Pick<Job, "dip" | "dp" | "domain">;

/** Slots of a new table; a power of two. */
const FIRST_SLOTS = 1024;

const LOW = 0xffff_ffffn;

/**
 * The set of jobs so far. Two jobs are the same when they have the same address, port and domain:
 * however an IPv6 address is written (RFC 5952), and whatever the domain's case (RFC 4343). A job
 * without a port or domain differs from one with it, so fill in a connection type's own port first
 * when that is what it will mean.
 *
 * Of a job only 64 bits are kept (XXH64 of the three), in 11 to 32 octets. Among a million jobs,
 * the probability of a collision is 1 in 37 million, among a hundred million 1 in 3,700; such a job
 * would be skipped.
 *
 * ```ts
 * import { Seen } from "./seen.ts";
 *
 * const seen = new Seen();
 * seen.add({ dip: "2001:db8::1", dp: 443 }); // true: it is new
 * seen.add({ dip: "2001:DB8:0::1", dp: 443 }); // false
 * seen.size; // 1
 * ```
 */
export class Seen {
  // Each slot is two words, a hash; both 0 in a free one.
  #slots = new Uint32Array(FIRST_SLOTS * 2);
  #size = 0;

  /** Adds a job; its address must be one that was checked. True when it is new. */
  add({ dip, dp, domain }: JobKey): boolean {
    // Neither addresses nor domains contain blanks, so the text is unique per job.
    const hash = h64(`${canonicalAddress(dip)} ${dp ?? ""} ${domain?.toLowerCase() ?? ""}`);
    const high = Number(hash >> 32n);
    const low = Number(hash & LOW);
    if (!put(this.#slots, high, low === 0 && high === 0 ? 1 : low)) return false;
    this.#size++;
    // Three quarters full: linear probing stays short below.
    if (this.#size * 8 > this.#slots.length * 3) this.#grow();
    return true;
  }

  /** How many different jobs there were. */
  get size(): number {
    return this.#size;
  }

  #grow(): void {
    const old = this.#slots;
    this.#slots = new Uint32Array(old.length * 2);
    for (let at = 0; at < old.length; at += 2) {
      if (old[at] !== 0 || old[at + 1] !== 0) put(this.#slots, old[at]!, old[at + 1]!);
    }
  }
}

/** Puts a hash into the first free slot from its own on; false when it is there already. */
function put(slots: Uint32Array, high: number, low: number): boolean {
  const last = slots.length - 1;
  for (let at = (high << 1) & last;; at = (at + 2) & last) {
    const [one, other] = [slots[at]!, slots[at + 1]!];
    if (one === high && other === low) return false;
    if (one !== 0 || other !== 0) continue;
    slots[at] = high;
    slots[at + 1] = low;
    return true;
  }
}
