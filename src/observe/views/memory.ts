import type { ExtensionHeader, HeaderOption } from "../../contract/ip_header.ts";
import type { WasmExports } from "../../host/wasm.ts";

const END_OF_OPTIONS = 0;

/**
 * The memory of the module that has dissected the packets, which alone reads their headers: what a
 * descriptor leaves out, views ask it for here.
 */
export class Memory {
  readonly #wasm: WasmExports;
  readonly #inspected: number;
  readonly #options: number;
  readonly #extensions: number;
  /** All of it, by octets and by words. Other arrays once it has moved, and `look` was called. */
  octets = new Uint8Array();
  words = new Uint32Array();

  constructor(wasm: WasmExports) {
    this.#wasm = wasm;
    this.#inspected = (wasm.inspectedAt() >>> 0) / 4;
    this.#options = (wasm.optionsAt() >>> 0) / 4;
    this.#extensions = (wasm.extensionsAt() >>> 0) / 4;
    this.look();
  }

  /** Looks at it again when it may have moved. */
  look(): void {
    const buffer = this.#wasm.memory.buffer as ArrayBuffer;
    if (this.octets.buffer === buffer) return;
    this.octets = new Uint8Array(buffer);
    this.words = new Uint32Array(buffer);
  }

  /**
   * The place among the words of a descriptor of the packet between two places, good until the next
   * call; null when its IP header is truncated or inconsistent.
   */
  inspect(at: number, end: number): number | null {
    return this.#wasm.inspect(at, end) ? this.#inspected : null;
  }

  /** The extension headers of the IPv6 packet between two places, as far as they are whole. */
  extensions(at: number, end: number): ExtensionHeader[] {
    this.#wasm.inspect(at, end);
    return Array.from({ length: this.#wasm.extensions() }, (_, i) => {
      const place = this.words[this.#extensions + i * 2]!;
      const kind = this.words[this.#extensions + i * 2 + 1]!;
      return { protocol: kind & 0xff, octets: this.octets.subarray(place, place + (kind >>> 16)) };
    });
  }

  /**
   * The options of a header of TCP or IPv4, up to the first that is cut or cannot be.
   *
   * @param from where they begin
   * @param end where what was captured ends
   * @param header where the header ends
   */
  options(from: number, end: number, header: number): HeaderOption[] {
    const options: HeaderOption[] = [];
    const walked = this.#walkOptions(from, end, header);
    for (let i = 0; i < walked; i++) {
      const kind = this.#kind(i);
      if (kind !== END_OF_OPTIONS) options.push({ kind, data: this.#data(from, i) });
    }
    return options;
  }

  /** What the first whole option of a kind holds; null without one. */
  option(from: number, end: number, header: number, kind: number): Uint8Array | null {
    const walked = this.#walkOptions(from, end, header);
    for (let i = 0; i < walked; i++) {
      if (this.#kind(i) === kind && kind !== END_OF_OPTIONS) return this.#data(from, i);
    }
    return null;
  }

  #walkOptions(from: number, end: number, header: number): number {
    return this.#wasm.options(from, Math.min(end, header), header);
  }

  /** Whether messages of a type are errors, of the protocol ICMP or ICMPv6. */
  isErrorType(protocol: number, type: number): boolean {
    return this.#wasm.isErrorType(protocol, type) !== 0;
  }

  #kind(i: number): number {
    return this.words[this.#options + i]! & 0xff;
  }

  #data(from: number, i: number): Uint8Array {
    const word = this.words[this.#options + i]!;
    const size = word >> 8 & 0xff;
    const at = from + (word >> 16);
    return this.octets.subarray(at + Math.min(2, size), at + size);
  }
}
