import { Failure } from "./failure.ts";

/** What every wasm module exports. */
export interface ModuleExports {
  readonly memory: WebAssembly.Memory;
}

/** A wasm module that was built from wasm/assembly. It is read and compiled when it is first needed. */
export class WasmModule<Exports extends ModuleExports> {
  readonly #file: URL;
  #compiled: WebAssembly.Module | undefined;

  /** @param file in wasm/build */
  constructor(file: URL) {
    this.#file = file;
  }

  /** An instance of its own, with its own memory. Throws a {@linkcode Failure} when it is not built. */
  instantiate(): Exports {
    this.#compiled ??= new WebAssembly.Module(this.bytes());
    const exports = new WebAssembly.Instance(this.#compiled).exports as unknown as Exports;
    memories.push(new WeakRef(exports.memory));
    return exports;
  }

  /** The module's own octets. Throws a {@linkcode Failure} when it is not built. */
  bytes(): Uint8Array<ArrayBuffer> {
    try {
      return Deno.readFileSync(this.#file);
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
      throw new Failure("the wasm modules are not built: run `deno task build`");
    }
  }
}

const memories: WeakRef<WebAssembly.Memory>[] = [];

/** Octets of the memories of all instances of all modules, which `Deno.memoryUsage` does not count. */
export function wasmOctets(): number {
  return memories.reduce((sum, memory) => sum + (memory.deref()?.buffer.byteLength ?? 0), 0);
}
