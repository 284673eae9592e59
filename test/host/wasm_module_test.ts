import { assertEquals, assertThrows } from "@std/assert";
import { Failure } from "../../src/host/failure.ts";
import { instantiateScan } from "../../src/host/scan_wasm.ts";
import { instantiate } from "../../src/host/wasm.ts";
import { WasmModule, wasmOctets } from "../../src/host/wasm_module.ts";

Deno.test("the memories of instances of every module count", () => {
  const [observer, scan] = [instantiate(), instantiateScan()];
  const before = wasmOctets();
  observer.memory.grow(3);
  assertEquals(wasmOctets() - before, 3 << 16);
  scan.memory.grow(2);
  assertEquals(wasmOctets() - before, 5 << 16);
});

Deno.test("instances of a module have a memory each", () => {
  const [one, other] = [instantiateScan(), instantiateScan()];
  new Uint8Array(one.memory.buffer)[one.scanKeyAt()] = 7;
  assertEquals(new Uint8Array(other.memory.buffer)[other.scanKeyAt()], 0);
});

Deno.test("what scans is in its own module alone, and it has no chains and flows", () => {
  const inBoth = Object.keys(instantiateScan()).filter((name) => name in instantiate()).sort();
  assertEquals(inBoth, ["memory", "seedAt", "seedSize"]);
});

Deno.test("a module that is not built is a failure that says what to do", () => {
  const module = new WasmModule(new URL("missing.wasm", import.meta.url));
  for (const use of [() => module.bytes(), () => module.instantiate()]) {
    assertThrows(use, Failure, "run `deno task build`");
  }
});
