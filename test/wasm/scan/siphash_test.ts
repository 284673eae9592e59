import { assertEquals } from "@std/assert";
import { instantiateScan } from "../../../src/host/scan_wasm.ts";
import { siphash24 } from "./siphash_reference.ts";

const KEY = Uint8Array.from({ length: 16 }, (_, i) => i);

/** Of octets 0, 1, 2 and so on, as many as the name says (vectors.h of the reference, 2012). */
const VECTORS = [
  [0, 0x726f_db47_dd0e_0e31n],
  [1, 0x74f8_39c5_93dc_67fdn],
  [8, 0x93f5_f579_9a93_2462n],
  [15, 0xa129_ca61_49be_45e5n],
] as const;

Deno.test("the reference agrees with the published vectors", () => {
  for (const [length, expected] of VECTORS) {
    assertEquals(siphash24(KEY, Uint8Array.from({ length }, (_, i) => i)), expected);
  }
});

function hasher(key: Uint8Array): (message: Uint8Array) => bigint {
  const wasm = instantiateScan();
  assertEquals(wasm.scanKeySize(), key.length);
  new Uint8Array(wasm.memory.buffer).set(key, wasm.scanKeyAt());
  return (message) => {
    const view = new DataView(message.buffer);
    const [a, b, c] = [0, 8, 16].map((at) => view.getBigUint64(at, true));
    return BigInt.asUintN(64, wasm.siphash(a!, b!, c!));
  };
}

Deno.test("the hash of 24 octets is the published vector", () => {
  const hash = hasher(KEY);
  // vectors_sip64[24]: 94 af 49 f6 c6 50 ad b8
  assertEquals(hash(Uint8Array.from({ length: 24 }, (_, i) => i)), 0xb8ad_50c6_f649_af94n);
});

Deno.test("hashes of random messages under random keys are those of the reference", () => {
  for (let i = 0; i < 50; i++) {
    const key = crypto.getRandomValues(new Uint8Array(16));
    const hash = hasher(key);
    for (let j = 0; j < 20; j++) {
      const message = crypto.getRandomValues(new Uint8Array(24));
      assertEquals(hash(message), siphash24(key, message));
    }
  }
});
