import type { HeaderOption } from "../../contract/ip_header.ts";

const END = 0;
const NO_OPERATION = 1;

/** Options as IPv4 and TCP write them (RFC 791, section 3.1; RFC 9293, section 3.1), up to the first that is cut or cannot be. */
export function* options(octets: Uint8Array): Generator<HeaderOption> {
  for (let at = 0; at < octets.length && octets[at] !== END;) {
    const length = optionLength(octets, at);
    if (length === 0) return;
    yield { kind: octets[at]!, data: octets.subarray(at + Math.min(2, length), at + length) };
    at += length;
  }
}

/** What the first whole option of a kind holds; null without one. */
export function option(octets: Uint8Array, kind: number): Uint8Array | null {
  for (let at = 0; at < octets.length && octets[at] !== END;) {
    const length = optionLength(octets, at);
    if (length === 0) return null;
    if (octets[at] === kind) return octets.subarray(at + Math.min(2, length), at + length);
    at += length;
  }
  return null;
}

/** Octets of the option at a place; 0 when it is not whole. */
function optionLength(octets: Uint8Array, at: number): number {
  if (octets[at] === NO_OPERATION) return 1;
  const length = octets[at + 1] ?? 0;
  return length < 2 || at + length > octets.length ? 0 : length;
}
