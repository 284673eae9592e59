import type { FlowField } from "../contract/flow_field.ts";
import { Failure } from "../host/failure.ts";
import { instantiate, text } from "../host/wasm.ts";

/** One chain, as it declares itself in wasm/assembly/chain. */
export interface ChainDeclaration {
  readonly name: string;
  readonly summary: string;
  /** What ends a flow that a measurement waits for; null where nothing does. */
  readonly ends: string | null;
  readonly fields: readonly FlowField[];
}

let declared: readonly ChainDeclaration[] | undefined;

/** Every chain there is, in the order of their bits, read from the module itself. */
export function chains(): readonly ChainDeclaration[] {
  return declared ??= readChains();
}

function readChains(): readonly ChainDeclaration[] {
  const wasm = instantiate();
  const types = text(wasm.memory, wasm.typeNames()).split(" ");
  const ascii = new TextDecoder();
  const list = Array.from({ length: wasm.chains() }, (_, i) => ({
    name: text(wasm.memory, wasm.chainName(i)),
    summary: text(wasm.memory, wasm.chainSummary(i)),
    ends: text(wasm.memory, wasm.chainEnds(i)) || null,
    fields: [] as FlowField[],
  }));
  for (let i = 0; i < wasm.fields(); i++) {
    const name = new Uint8Array(wasm.memory.buffer, wasm.fieldName(i), wasm.fieldNameLength(i));
    list[wasm.fieldChain(i)]!.fields.push({
      name: ascii.decode(name),
      type: types[wasm.fieldType(i)]!,
      summary: text(wasm.memory, wasm.fieldSummary(i)),
    });
  }
  return list;
}

/** The bits of the named chains. Throws a {@linkcode Failure} for a name that is no chain. */
export function chainMask(names: readonly string[]): number {
  let mask = 0;
  for (const name of names) {
    const bit = chains().findIndex((chain) => chain.name === name);
    if (bit < 0) {
      throw new Failure(
        `there is no chain ${name}; there are ${chains().map((chain) => chain.name).join(", ")}`,
      );
    }
    mask |= 1 << bit;
  }
  return mask;
}
