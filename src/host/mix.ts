/** Mixes the bits of a number of 32 bits, so that similar ones become unlike (the finalizer of MurmurHash3). */
export function mix(hash: number): number {
  hash = Math.imul(hash ^ hash >>> 16, 0x85eb_ca6b);
  hash = Math.imul(hash ^ hash >>> 13, 0xc2b2_ae35);
  return hash ^ hash >>> 16;
}
