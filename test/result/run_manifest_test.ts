import { assertEquals, assertThrows } from "@std/assert";
import { Failure } from "../../src/host/failure.ts";
import { PROCESS_STREAMS } from "../../src/host/streams.ts";
import { readManifest, writeManifest } from "../../src/result/run_manifest.ts";
import { Folder } from "../data/temporary.ts";

Deno.test("what is no manifest is not taken for one, and none is none", () => {
  using folder = new Folder();
  assertEquals(readManifest(folder.at("none")), null);
  for (const text of ["", "{}", "[1]", '{"program":{"name":"other"}}']) {
    Deno.writeTextFileSync(folder.at("other"), text);
    assertThrows(() => readManifest(folder.at("other")), Failure, "not the manifest");
  }
});

Deno.test("a manifest that cannot be written leaves nothing behind, and says so", () => {
  using folder = new Folder();
  const path = folder.at("no/such/folder");
  assertThrows(
    // deno-lint-ignore no-explicit-any
    () => writeManifest(path, {} as any, PROCESS_STREAMS.stdout),
    Failure,
    "cannot write the manifest",
  );
  assertEquals([...Deno.readDirSync(folder.path)].length, 0);
});

Deno.test("a device takes a manifest, is not replaced by it, and gives none", () => {
  using folder = new Folder();
  const path = folder.at("device");
  Deno.symlinkSync("/dev/null", path);
  // deno-lint-ignore no-explicit-any
  writeManifest(path, {} as any, PROCESS_STREAMS.stdout);
  assertEquals([...Deno.readDirSync(folder.path)].map(({ isSymlink }) => isSymlink), [true]);
  assertEquals(readManifest(path), null);
});
