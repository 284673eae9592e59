import { mix } from "../../host/mix.ts";

const MAPPED = 0xffff;
/** Counters in each of two tables; a power of two. 16 MiB in all, whatever is scanned. */
const COUNTERS = 1 << 20;

/**
 * When the next target of a prefix may be sent: those of one /24 (IPv4) or /48 (IPv6) are at least
 * 1 / rate apart.
 *
 * Of a prefix only the time until which it has had its due is kept, at two places that a hash gives,
 * and the earlier one counts; a time that has passed says nothing, so that nothing need be cleared.
 * Prefixes that share both places share a rate: they may be slower than asked for, never faster.
 */
export class PrefixRate {
  readonly #apart: number;
  readonly #one = new Float64Array(COUNTERS);
  readonly #other = new Float64Array(COUNTERS);

  /** @param rate targets a second */
  constructor(rate: number) {
    this.#apart = 1000 / rate;
  }

  /**
   * When the row's target may be sent, in milliseconds: `now`, or later. The next one of its prefix
   * is due after that.
   */
  due(rows: DataView, at: number, now: number): number {
    const hash = prefixHash(rows, at);
    const [a, b] = [hash & COUNTERS - 1, mix(hash ^ 0x5bd1_e995) & COUNTERS - 1];
    const due = Math.max(now, Math.min(this.#one[a]!, this.#other[b]!));
    const next = due + this.#apart;
    this.#one[a] = Math.max(this.#one[a]!, next);
    this.#other[b] = Math.max(this.#other[b]!, next);
    return due;
  }
}

function prefixHash(rows: DataView, at: number): number {
  const [first, second, third] = [
    rows.getUint32(at),
    rows.getUint32(at + 4),
    rows.getUint32(at + 8),
  ];
  if (first === 0 && second === 0 && third === MAPPED) {
    return mix(rows.getUint32(at + 12) >>> 8 ^ 0x4000_0000);
  }
  return mix(mix(first) + (second >>> 16));
}
