const encoder = new TextEncoder();

/** Octets in network byte order that are written one value after the other, in memory that grows. */
export class Octets {
  #view = new DataView(new ArrayBuffer(1024));
  #used = 0;

  /** What was written, good until the next value. */
  get written(): Uint8Array<ArrayBuffer> {
    return new Uint8Array(this.#view.buffer, 0, this.#used);
  }

  /** How many were written. */
  get length(): number {
    return this.#used;
  }

  /** Begins anew. */
  clear(): this {
    this.#used = 0;
    return this;
  }

  u8(value: number): this {
    const at = this.#room(1);
    this.#view.setUint8(at, value);
    return this;
  }

  u16(value: number): this {
    const at = this.#room(2);
    this.#view.setUint16(at, value);
    return this;
  }

  u32(value: number): this {
    const at = this.#room(4);
    this.#view.setUint32(at, value);
    return this;
  }

  i32(value: number): this {
    const at = this.#room(4);
    this.#view.setInt32(at, value);
    return this;
  }

  u64(value: bigint): this {
    const at = this.#room(8);
    this.#view.setBigUint64(at, value);
    return this;
  }

  i64(value: bigint): this {
    const at = this.#room(8);
    this.#view.setBigInt64(at, value);
    return this;
  }

  f64(value: number): this {
    const at = this.#room(8);
    this.#view.setFloat64(at, value);
    return this;
  }

  bytes(value: Uint8Array): this {
    const at = this.#room(value.length);
    new Uint8Array(this.#view.buffer).set(value, at);
    return this;
  }

  /**
   * A value of variable length (RFC 7011, section 7), which knows lengths up to 65,535. A longer one
   * is written all the same: no message has room for it.
   */
  variable(value: Uint8Array): this {
    if (value.length < 255) this.u8(value.length);
    else this.u8(255).u16(Math.min(value.length, 0xffff));
    return this.bytes(value);
  }

  text(value: string): this {
    return this.variable(encoder.encode(value));
  }

  /** Makes room, for which the memory may become another, and says where it is. */
  #room(octets: number): number {
    const at = this.#used;
    this.#used += octets;
    if (this.#used > this.#view.byteLength) {
      const larger = new Uint8Array(Math.max(this.#used, this.#view.byteLength * 2));
      larger.set(new Uint8Array(this.#view.buffer));
      this.#view = new DataView(larger.buffer);
    }
    return at;
  }
}
