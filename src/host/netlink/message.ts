/** Netlink's messages and attributes (RFC 3549, netlink(7)): how they are written and read. */

/** Bits of a message's flags. Some mean one thing in a request for data and another in a change. */
export const FLAG = {
  request: 0x1,
  acknowledge: 0x4,
  /** In what the kernel dumps: the list changed meanwhile, so that entries may be missing. */
  interrupted: 0x10,
  dump: 0x300,
  replace: 0x100,
  create: 0x400,
  append: 0x800,
  /** In an acknowledgement: attributes with error details follow. */
  explained: 0x200,
} as const;

/** Types of messages that every protocol of netlink has. */
export const CONTROL = { error: 2, done: 3 } as const;

/** Octets of the header of a message. */
export const HEADER = 16;

/** Octets of the header of an attribute. */
const ATTRIBUTE_HEADER = 4;

/** Marks an attribute as nested. */
const NESTED = 0x8000;
/** The bits of an attribute's type that are its number. */
const NUMBER = 0x3fff;

/** A message without its header. */
export interface NetlinkMessage {
  readonly type: number;
  readonly flags: number;
  readonly sequence: number;
  readonly body: Uint8Array;
}

/** The attributes of a message, by their number, in the order in which they stood. */
export type Attributes = Map<number, Uint8Array>;

/** The messages in what one call received. What is cut off is left out. */
export function readMessages(octets: Uint8Array): NetlinkMessage[] {
  const messages: NetlinkMessage[] = [];
  const view = viewOf(octets);
  for (let at = 0; at + HEADER <= octets.length;) {
    const length = view.getUint32(at, true);
    if (length < HEADER || at + length > octets.length) break;
    messages.push({
      type: view.getUint16(at + 4, true),
      flags: view.getUint16(at + 6, true),
      sequence: view.getUint32(at + 8, true),
      body: octets.slice(at + HEADER, at + length),
    });
    at += aligned(length);
  }
  return messages;
}

/** A message with its header. */
export function writeMessage(
  { type, flags, sequence, body }: NetlinkMessage,
): Uint8Array<ArrayBuffer> {
  const octets = new Uint8Array(aligned(HEADER + body.length));
  const view = viewOf(octets);
  view.setUint32(0, HEADER + body.length, true);
  view.setUint16(4, type, true);
  view.setUint16(6, flags, true);
  view.setUint32(8, sequence, true);
  octets.set(body, HEADER);
  return octets;
}

/** The attributes that follow the first octets of a body. What is cut off is left out. */
export function readAttributes(body: Uint8Array, offset: number): Attributes {
  const found: Attributes = new Map();
  for (let at = offset; at + ATTRIBUTE_HEADER <= body.length;) {
    const view = viewOf(body.subarray(at));
    const length = view.getUint16(0, true);
    if (length < ATTRIBUTE_HEADER || at + length > body.length) break;
    found.set(
      view.getUint16(2, true) & NUMBER,
      body.subarray(at + ATTRIBUTE_HEADER, at + length),
    );
    at += aligned(length);
  }
  return found;
}

/** An attribute of octets. */
export function attribute(number: number, value: Uint8Array, nested = false): Uint8Array {
  const octets = new Uint8Array(aligned(ATTRIBUTE_HEADER + value.length));
  const view = viewOf(octets);
  view.setUint16(0, ATTRIBUTE_HEADER + value.length, true);
  view.setUint16(2, nested ? number | NESTED : number, true);
  octets.set(value, ATTRIBUTE_HEADER);
  return octets;
}

/** An attribute of a number of 32 bits. */
export function numberAttribute(number: number, value: number): Uint8Array {
  return attribute(number, new Uint8Array(new Uint32Array([value]).buffer));
}

/** The number of 32 bits in an attribute; undefined when it is not there. */
export function numberIn(attributes: Attributes, number: number): number | undefined {
  const value = attributes.get(number);
  return value === undefined || value.length < 4 ? undefined : viewOf(value).getUint32(0, true);
}

/** The text in an attribute, without the zero at its end; undefined when it is not there. */
export function textIn(attributes: Attributes, number: number): string | undefined {
  const value = attributes.get(number);
  return value === undefined ? undefined : new TextDecoder().decode(value).replace(/\0.*$/s, "");
}

/** Octets one after the other. */
export function joined(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const octets = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    octets.set(part, at);
    at += part.length;
  }
  return octets;
}

/** A view of octets that may be a part of a buffer. */
export function viewOf(octets: Uint8Array): DataView {
  return new DataView(octets.buffer, octets.byteOffset, octets.byteLength);
}

/** Messages, attributes and next hops begin at multiples of four octets. */
export function aligned(length: number): number {
  return (length + 3) & ~3;
}
