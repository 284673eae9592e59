/** Values of prefixes; an address has that of the longest one that holds it. */
export class LongestPrefix<Value> {
  /** By the number of bits: values by the first bits of addresses. */
  readonly #lengths = new Map<number, Map<string, Value>>();
  /** The numbers of bits that there are, the longest first. */
  #bits: readonly number[] = [];
  #size = 0;

  /** How many prefixes it has. */
  get size(): number {
    return this.#size;
  }

  /** Gives a prefix its value, in place of an earlier one. */
  set(octets: Uint8Array, bits: number, value: Value): void {
    let same = this.#lengths.get(bits);
    if (same === undefined) {
      this.#lengths.set(bits, same = new Map());
      this.#bits = [...this.#lengths.keys()].sort((a, b) => b - a);
    }
    const before = same.size;
    same.set(key(octets, bits), value);
    this.#size += same.size - before;
  }

  /** The value of an address of 4 or 16 octets; null when no prefix holds it. */
  of(octets: Uint8Array): Value | null {
    for (const bits of this.#bits) {
      if (bits > octets.length * 8) continue;
      const value = this.#lengths.get(bits)!.get(key(octets, bits));
      if (value !== undefined) return value;
    }
    return null;
  }
}

/** The first bits of an address as text; those of IPv4 and IPv6 differ. */
function key(octets: Uint8Array, bits: number): string {
  let text = octets.length === 4 ? "4:" : "6:";
  const whole = bits >> 3;
  for (let at = 0; at < whole; at++) text += String.fromCharCode(octets[at]!);
  const rest = bits & 7;
  if (rest > 0) text += String.fromCharCode(octets[whole]! & 0xff << 8 - rest);
  return text;
}
