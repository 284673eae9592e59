import { assertEquals, assertThrows } from "@std/assert";
import { fileStatus, kernelEntries, readKernelFile } from "../../src/host/kernel_file.ts";
import { Folder } from "../data/temporary.ts";

Deno.test("what the C library says of files is what Deno says", () => {
  using folder = new Folder();
  const file = folder.put("file", new Uint8Array(70_000));
  for (const path of [file, folder.path, "/proc/self/ns/net", "/proc/self/stat", "/dev/null"]) {
    const { isFile, isFifo, isDirectory, inode, size } = fileStatus(path);
    const deno = Deno.statSync(path);
    assertEquals(
      [isFile, isFifo, isDirectory, inode, size],
      [deno.isFile, deno.isFifo, deno.isDirectory, deno.ino, deno.size],
      path,
    );
  }
  const link = folder.at("link");
  Deno.linkSync(file, link);
  const other = folder.put("other", new Uint8Array(70_000));
  assertEquals(fileStatus(link).identity, fileStatus(file).identity);
  assertEquals(fileStatus(other).identity === fileStatus(file).identity, false);
});

Deno.test("texts and folders are read whole", () => {
  using folder = new Folder();
  const text = "äöü€".repeat(40_000);
  const path = folder.put("text", new TextEncoder().encode(text));
  assertEquals(readKernelFile(path), text);
  const names = Array.from({ length: 1000 }, (_, i) => `${i}`.padEnd(100, "é"));
  for (const name of names) folder.put(name, new Uint8Array());
  assertEquals(kernelEntries(folder.path).sort(), [...names, "text"].sort());
  const boot = "/proc/sys/kernel/random/boot_id";
  assertEquals(readKernelFile(boot), Deno.readTextFileSync(boot));
});

Deno.test("what fails throws the error that Deno throws", () => {
  const { NotFound, NotADirectory, IsADirectory } = Deno.errors;
  for (const call of [fileStatus, readKernelFile, kernelEntries]) {
    assertThrows(() => call("/proc/none"), NotFound);
    assertThrows(() => call("/proc/self/stat/none"), NotADirectory);
  }
  assertThrows(() => kernelEntries("/proc/self/stat"), NotADirectory);
  assertThrows(() => readKernelFile("/proc"), IsADirectory);
});
