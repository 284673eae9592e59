// RFC 8446, sections 4 and 5.1; RFC 6066, section 3
import type { ClientHello } from "../contract/middlebox.ts";

const HANDSHAKE = 22;
const CLIENT_HELLO = 1;
const SERVER_NAME = 0;
const HOST_NAME = 0;
/** Octets of the header of a record, and of a handshake message. */
const RECORD = 5;
const MESSAGE = 4;

/** What the beginning of a stream says that is a ClientHello; null when it is none. */
export function readClientHello(octets: Uint8Array): ClientHello | null {
  if (octets.length < RECORD + MESSAGE) return null;
  if (octets[0] !== HANDSHAKE || octets[1] !== 3 || octets[RECORD] !== CLIENT_HELLO) return null;
  const view = new DataView(octets.buffer, octets.byteOffset, octets.byteLength);
  const record = RECORD + view.getUint16(3);
  const message = RECORD + MESSAGE + (view.getUint32(RECORD) & 0xffffff);
  const isWhole = record <= octets.length && message <= record;
  const end = Math.min(octets.length, record, message);
  return { serverName: serverName(view, end), isWhole };
}

/** The name that is asked for; null when there is none before the end. */
function serverName(view: DataView, end: number): string | null {
  // Version and random; then the session's id, cipher suites and compression methods, with lengths
  let at = RECORD + MESSAGE + 2 + 32;
  for (const size of [1, 2, 1] as const) {
    if (at + size > end) return null;
    at += size + (size === 1 ? view.getUint8(at) : view.getUint16(at));
  }
  if (at + 2 > end) return null;
  for (at += 2; at + 4 <= end;) {
    const length = view.getUint16(at + 2);
    if (view.getUint16(at) === SERVER_NAME) {
      return nameIn(view, at + 4, Math.min(end, at + 4 + length));
    }
    at += 4 + length;
  }
  return null;
}

function nameIn(view: DataView, at: number, end: number): string | null {
  if (at + 5 > end || view.getUint8(at + 2) !== HOST_NAME) return null;
  const length = view.getUint16(at + 3);
  if (at + 5 + length > end) return null;
  const octets = new Uint8Array(view.buffer, view.byteOffset + at + 5, length);
  return new TextDecoder("latin1").decode(octets).toLowerCase();
}
