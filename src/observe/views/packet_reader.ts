import type { Quotation } from "../../contract/transport_header.ts";
import { instantiate } from "../../host/wasm.ts";
import { Memory } from "./memory.ts";
import { QuotationView } from "./quotation.ts";

/** Octets of the longest packet that there is room for (see wasm/assembly/forge/buffer.ts). */
const MOST = 40 + 0xffff;

/** Reads packets that nobody captured, such as those that are to be sent, in a module of its own. */
export class PacketReader {
  readonly #wasm = instantiate();
  readonly #at = this.#wasm.forgeAt() >>> 0;
  readonly #memory = new Memory(this.#wasm);
  readonly #view = new QuotationView(this.#memory);

  /**
   * Views of a packet's headers, good until the next one; null when its IP header is truncated or
   * inconsistent.
   */
  read(packet: Uint8Array): Quotation | null {
    const octets = packet.subarray(0, MOST);
    this.#memory.look();
    this.#memory.octets.set(octets, this.#at);
    return this.#view.aim(this.#at, this.#at + octets.length, 0) ? this.#view : null;
  }
}
