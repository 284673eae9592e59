import type { TcpHeader } from "../../contract/transport_header.ts";

/** The options of a TCP header that have a meaning here; null or false for those that are not there. */
export interface TcpOptions {
  /** The kinds of all options in their order, padding (0 and 1) left out. */
  readonly kinds: readonly number[];
  /** Maximum segment size, in octets (RFC 9293, section 3.7.1). */
  readonly mss: number | null;
  /** Window scale: the number of bits by which the window is shifted (RFC 7323, section 2). */
  readonly windowScale: number | null;
  /** Selective acknowledgments are permitted (RFC 2018, section 2). */
  readonly sackPermitted: boolean;
  /** Timestamps: the sender's own, and the one that it echoes (RFC 7323, section 3). */
  readonly timestamps: { readonly value: number; readonly echo: number } | null;
  /** Fast Open cookie as a copy; empty in a request for one (RFC 7413, section 4.1.1). */
  readonly fastOpen: Uint8Array | null;
}

const MSS = 2;
const WINDOW_SCALE = 3;
const SACK_PERMITTED = 4;
const TIMESTAMPS = 8;
const FAST_OPEN = 34;

/** Reads a TCP header's options. An option of a length that its kind cannot have is among `kinds` only. */
export function tcpOptions(tcp: TcpHeader): TcpOptions {
  const kinds: number[] = [];
  let mss: number | null = null;
  let windowScale: number | null = null;
  let sackPermitted = false;
  let timestamps: TcpOptions["timestamps"] = null;
  let fastOpen: Uint8Array | null = null;
  for (const { kind, data } of tcp.options()) {
    if (kind < MSS) continue;
    kinds.push(kind);
    const view = new DataView(data.buffer, data.byteOffset, data.length);
    if (kind === MSS && data.length === 2) mss = view.getUint16(0);
    else if (kind === WINDOW_SCALE && data.length === 1) windowScale = view.getUint8(0);
    else if (kind === SACK_PERMITTED && data.length === 0) sackPermitted = true;
    else if (kind === TIMESTAMPS && data.length === 8) {
      timestamps = { value: view.getUint32(0), echo: view.getUint32(4) };
    } else if (kind === FAST_OPEN) fastOpen = data.slice();
  }
  return { kinds, mss, windowScale, sackPermitted, timestamps, fastOpen };
}
