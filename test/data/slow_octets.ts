/** The captured octets end early: a fault of the frame, or of the capture that cut it. */
export class Short extends Error {}
/** A header contradicts itself. */
export class Bad extends Error {}
/** The counter of a packet that is in no flow. */
export class Ended extends Error {}

/** Octets with a bound that throws, and how many of them there were on the wire. */
export class Octets {
  readonly octets: readonly number[];
  readonly wire: number;

  constructor(octets: readonly number[], wire: number) {
    this.octets = octets;
    this.wire = wire;
  }

  get length(): number {
    return this.octets.length;
  }

  at(i: number): number {
    const octet = this.octets[i];
    if (octet === undefined) throw new Short();
    return octet;
  }

  at16(i: number): number {
    return this.at(i) * 256 + this.at(i + 1);
  }

  at24(i: number): number {
    return this.at16(i) * 256 + this.at(i + 2);
  }

  at32(i: number): number {
    return this.at16(i) * 65536 + this.at16(i + 2);
  }

  /** Some octets that must all be there. */
  take(from: number, length: number): readonly number[] {
    if (from + length > this.length) throw new Short();
    return this.octets.slice(from, from + length);
  }

  from(i: number): Octets {
    if (i > this.length) throw new Short();
    return new Octets(this.octets.slice(i), this.wire - i);
  }

  /** The first ones alone, also of those on the wire. */
  first(count: number): Octets {
    return new Octets(this.octets.slice(0, count), count);
  }
}
