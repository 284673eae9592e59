/** Numbers of a file, in its byte order. */
export class Numbers {
  readonly #view: DataView;
  readonly little: boolean;

  constructor(octets: Uint8Array, little: boolean) {
    this.#view = new DataView(octets.buffer, octets.byteOffset, octets.byteLength);
    this.little = little;
  }

  u16(at: number): number {
    return this.#view.getUint16(at, this.little);
  }

  u32(at: number): number {
    return this.#view.getUint32(at, this.little);
  }

  u64(at: number): bigint {
    return this.#view.getBigUint64(at, this.little);
  }

  i64(at: number): bigint {
    return this.#view.getBigInt64(at, this.little);
  }
}
