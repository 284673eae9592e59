import { Octets } from "./octets.ts";

const VERSION = 10;
const MESSAGE_HEADER = 16;
const SET_HEADER = 4;

/** The most octets of a message, whose length has 16 bits. */
export const MOST_OCTETS = 0xffff;

/** Numbers of the sets that describe others (RFC 7011, section 3.3.2). */
export const TEMPLATES = 2;
export const OPTIONS_TEMPLATES = 3;

/** Where messages go, and what they say of themselves. */
export interface MessageParts {
  /** Takes a whole message, good for the time of the call. */
  put(message: Uint8Array<ArrayBuffer>): void;
  /** Octets that the next message may have. */
  limit(): number;
  /** The time that messages say they left at, in milliseconds since 1970. */
  now(): number;
}

/** Puts records into sets, and sets into messages (RFC 7011, section 3). */
export class MessageWriter {
  readonly #domain: number;
  readonly #parts: MessageParts;
  readonly #octets = new Octets();
  #limit = 0;
  /** The set that is open, 0 for none, and where it began. */
  #set = 0;
  #begin = 0;
  /** Data records in this message, and in those before it. */
  #records = 0;
  #before = 0;
  /** Messages that were written. */
  messages = 0;

  /** @param domain the observation domain that messages are of, by which they are numbered */
  constructor(domain: number, parts: MessageParts) {
    this.#domain = domain;
    this.#parts = parts;
  }

  /**
   * Puts a record into a set; false when no message has room for it.
   *
   * @param set TEMPLATES, OPTIONS_TEMPLATES or the number of a template
   */
  put(set: number, record: Uint8Array): boolean {
    if (!this.#hasRoom(set, record.length)) {
      this.flush();
      if (!this.#hasRoom(set, record.length)) return false;
    }
    if (this.#set !== set) this.#openSet(set);
    this.#octets.bytes(record);
    if (set !== TEMPLATES && set !== OPTIONS_TEMPLATES) this.#records++;
    return true;
  }

  /** Writes the message that is begun, if one is. */
  flush(): void {
    if (this.#set === 0) return;
    this.#closeSet();
    const message = this.#octets.written;
    const header = new DataView(message.buffer);
    header.setUint16(2, message.length);
    header.setUint32(4, Math.floor(this.#parts.now() / 1000));
    // Of all data records before this message, modulo 2^32 (RFC 7011, section 3.1)
    header.setUint32(8, this.#before);
    this.#before = this.#before + this.#records >>> 0;
    this.#set = 0;
    this.#records = 0;
    this.messages++;
    this.#parts.put(message);
  }

  #hasRoom(set: number, octets: number): boolean {
    const isNew = this.#set === 0;
    if (isNew) this.#limit = Math.min(this.#parts.limit(), MOST_OCTETS);
    const used = isNew ? MESSAGE_HEADER : this.#octets.length;
    return used + (this.#set === set ? 0 : SET_HEADER) + octets <= this.#limit;
  }

  #openSet(set: number): void {
    if (this.#set === 0) {
      // Length, time and number are known at the end
      this.#octets.clear().u16(VERSION).u16(0).u32(0).u32(0).u32(this.#domain);
    } else this.#closeSet();
    this.#set = set;
    this.#begin = this.#octets.length;
    this.#octets.u16(set).u16(0);
  }

  #closeSet(): void {
    const octets = this.#octets.written;
    new DataView(octets.buffer).setUint16(this.#begin + 2, octets.length - this.#begin);
  }
}
