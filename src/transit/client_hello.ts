// RFC 8446, sections 4 and 5.1; RFC 6066, section 3; RFC 7301, section 3.1
import type { ClientHello } from "../contract/middlebox.ts";

const HANDSHAKE = 22;
const CLIENT_HELLO = 1;
const SERVER_NAME = 0;
const PROTOCOLS = 16;
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
  const found = extensions(view, end);
  const names = found.get(SERVER_NAME);
  const protocols = found.get(PROTOCOLS);
  return {
    serverName: names === undefined ? null : nameIn(names),
    protocols: protocols === undefined ? [] : protocolsIn(protocols),
    isWhole,
  };
}

/** The first of each kind of extension, as far as it lies before the end. */
function extensions(view: DataView, end: number): ReadonlyMap<number, DataView> {
  const found = new Map<number, DataView>();
  // Version and random; then the session's id, cipher suites and compression methods, with lengths
  let at = RECORD + MESSAGE + 2 + 32;
  for (const size of [1, 2, 1] as const) {
    if (at + size > end) return found;
    at += size + (size === 1 ? view.getUint8(at) : view.getUint16(at));
  }
  for (at += 2; at + 4 <= end;) {
    const kind = view.getUint16(at);
    const length = view.getUint16(at + 2);
    at += 4;
    if (!found.has(kind)) found.set(kind, part(view, at, Math.min(length, end - at)));
    at += length;
  }
  return found;
}

function nameIn(names: DataView): string | null {
  if (names.byteLength < 5 || names.getUint8(2) !== HOST_NAME) return null;
  const length = names.getUint16(3);
  if (5 + length > names.byteLength) return null;
  return text(part(names, 5, length)).toLowerCase();
}

function protocolsIn(list: DataView): string[] {
  const protocols: string[] = [];
  for (let at = 2; at < list.byteLength;) {
    const length = list.getUint8(at++);
    if (at + length > list.byteLength) break;
    protocols.push(text(part(list, at, length)));
    at += length;
  }
  return protocols;
}

function part(view: DataView, at: number, length: number): DataView {
  return new DataView(view.buffer, view.byteOffset + at, length);
}

function text(view: DataView): string {
  return new TextDecoder("latin1").decode(view);
}
