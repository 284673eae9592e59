import { Failure } from "./failure.ts";
import { libc } from "./libc.ts";
import { cString } from "./libpcap.ts";

/** A `FILE` that writes into linear memory, for C functions that write to one (fmemopen(3)). */
export class MemoryStream {
  #file: Deno.PointerValue = null;
  #target: Uint8Array<ArrayBuffer> | null = null;

  /**
   * Sets it to the target's begin, opening it again whenever that is another place. At most one
   * octet less than the target has may be written: fmemopen keeps one for a zero at the end.
   */
  aim(target: Uint8Array<ArrayBuffer>): Deno.PointerValue {
    if (!this.#isAt(target)) {
      this.close();
      this.#target = target;
      const at = Deno.UnsafePointer.of(target);
      this.#file = libc.fmemopen(at, BigInt(target.byteLength), cString("w"));
      if (this.#file === null) throw new Failure("out of memory: fmemopen failed");
    }
    libc.rewind(this.#file);
    return this.#file;
  }

  #isAt({ buffer, byteOffset, byteLength }: Uint8Array): boolean {
    const at = this.#target;
    return at !== null && at.buffer === buffer && at.byteOffset === byteOffset &&
      at.byteLength === byteLength;
  }

  /** Puts all that was written into the target; how many octets. */
  flush(): number {
    libc.fflush(this.#file);
    return this.position();
  }

  /** How many octets were written since it was aimed, those included that wait to be put there. */
  position(): number {
    return libc.ftell(this.#file);
  }

  close(): void {
    if (this.#file !== null) libc.fclose(this.#file);
    this.#file = null;
    this.#target = null;
  }
}
