// RFC 8200, section 4; as wasm/assembly/wire/ipv6.ts reads them

const HEADER = 40;
const NEXT_HEADER = 6;

const FRAGMENT = 44;
const AUTHENTICATION = 51;
/** Hop by hop, routing, fragment, authentication, destination, mobility, host identity, shim6. */
const KINDS: ReadonlySet<number> = new Set([0, 43, FRAGMENT, AUTHENTICATION, 60, 135, 139, 140]);

/** Goes through the extension headers of a packet, one `next` after the other. */
export class Extensions {
  /** Number of the header at hand; after the last one that of the transport. */
  protocol: number;
  /** Where the header at hand begins; after the last one the place behind. */
  at: number;
  /** Octets of the header at hand. */
  length = 0;
  /** False once a header was not whole. */
  whole = true;
  /** True once a fragment header said that this is not the first: what follows is no header. */
  later = false;
  readonly #octets: Uint8Array;
  readonly #end: number;

  /** @param at where the fixed header begins, all of which lies before `end` */
  constructor(octets: Uint8Array, at: number, end: number) {
    this.#octets = octets;
    this.#end = end;
    this.at = at + HEADER;
    this.protocol = octets[at + NEXT_HEADER]!;
  }

  /** Moves on to the next header; false when there is no more. */
  next(): boolean {
    if (this.length > 0) {
      this.protocol = this.#octets[this.at]!;
      this.at += this.length;
      this.length = 0;
    }
    if (this.later || !this.whole || !KINDS.has(this.protocol)) return false;
    this.whole = this.at + 8 <= this.#end;
    if (!this.whole) return false;
    const length = this.#headerLength();
    this.whole = this.at + length <= this.#end;
    if (!this.whole) return false;
    this.length = length;
    if (this.isFragment) this.later = this.fragmentOffset !== 0;
    return true;
  }

  /** Whether the header at hand is a fragment header. */
  get isFragment(): boolean {
    return this.protocol === FRAGMENT;
  }

  /** Offset in octets that the fragment header at hand says. */
  get fragmentOffset(): number {
    return (this.#octets[this.at + 2]! << 8 | this.#octets[this.at + 3]!) & 0xfff8;
  }

  #headerLength(): number {
    if (this.isFragment) return 8;
    const units = this.#octets[this.at + 1]!;
    return this.protocol === AUTHENTICATION ? (units + 2) * 4 : (units + 1) * 8;
  }
}
