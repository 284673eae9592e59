import { assert } from "@std/assert";
import { compareFile, mangledFile } from "../../fuzz/files.ts";
import { slowPcapng } from "../../data/slow_pcapng.ts";

const FILES = 100;

Deno.test("mangled pcapng files: the same packets as the slow reader finds, every block accounted for", () => {
  let packets = 0;
  let broken = 0;
  const counted: Record<string, number> = {};
  for (let seed = 0; seed < FILES; seed++) {
    const file = mangledFile(seed);
    packets += compareFile(file);
    const { counters, breaksOff } = slowPcapng(file);
    if (breaksOff) broken++;
    for (const [name, count] of Object.entries(counters)) {
      counted[name] = (counted[name] ?? 0) + count;
    }
  }
  // The files are of every kind
  assert(packets > FILES * 3, `${packets}`);
  assert(broken > FILES / 10 && broken < FILES * 0.9, `${broken}`);
  for (const [name, count] of Object.entries(counted)) assert(count > FILES / 10, name);
});
