import { mix } from "../../host/mix.ts";

const MAPPED = 0xffff;
/** Counters that lie in one line of the processor's cache, and lines: 16 MiB, whatever is scanned. */
const [IN_LINE, LINES] = [8, 1 << 18];

/**
 * When the next target of a prefix may be sent: those of one /24 (IPv4) or /48 (IPv6) are at least
 * 1 / rate apart.
 *
 * Of a prefix only the time until which it has had its due is kept, at two places of a line that a
 * hash gives, and the earlier one counts; a time that has passed says nothing, so that nothing need be
 * cleared. Prefixes that share both places share a rate: they may be slower than asked for, never
 * faster.
 */
export class PrefixRate {
  readonly #apart: number;
  readonly #until = new Float64Array(LINES * IN_LINE);

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
    const line = (hash & LINES - 1) * IN_LINE;
    const places = mix(hash);
    const a = line + (places & IN_LINE - 1);
    const b = line + (places + 1 + (places >>> 3) % (IN_LINE - 1) & IN_LINE - 1);
    const [one, other] = [this.#until[a]!, this.#until[b]!];
    const due = Math.max(now, Math.min(one, other));
    const next = due + this.#apart;
    this.#until[a] = Math.max(one, next);
    this.#until[b] = Math.max(other, next);
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
