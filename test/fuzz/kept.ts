import { FILE_INPUT, FileReader } from "../../src/observe/file/reader.ts";
import { flowTable } from "../data/dissect.ts";
import type { Mutant } from "../data/mutants.ts";
import { type Frame, pcapFile } from "../data/packets.ts";

/** How often a part is left out to see whether the rest still breaks. */
const TRIES = 300;

/** Fewer packets that break it still, found by leaving parts out: halves first, then less. */
export function shrink(
  mutants: readonly Mutant[],
  breaks: (mutants: readonly Mutant[]) => boolean,
): readonly Mutant[] {
  let left = mutants;
  let tries = 0;
  for (let size = left.length >> 1; size > 0 && tries < TRIES; size >>= 1) {
    for (let at = 0; at < left.length && left.length > 1 && tries < TRIES; tries++) {
      const fewer = [...left.slice(0, at), ...left.slice(at + size)];
      if (fewer.length > 0 && breaks(fewer)) left = fewer;
      else at += size;
    }
  }
  return left;
}

/** Writes packets as a capture file. */
export function keep(path: string, mutants: readonly Mutant[], link: number): void {
  Deno.writeFileSync(path, pcapFile(mutants.map(({ frame }) => frame), link));
}

/** The packets of a capture file, and their link type. What the capture cut from them is not in it. */
export function kept(path: string): { mutants: Mutant[]; link: number } {
  const table = flowTable({ input: FILE_INPUT });
  using reader = FileReader.open(path, table);
  const mutants: Mutant[] = [];
  while (!reader.ended) {
    if (!reader.find()) {
      if (!reader.ended) reader.read();
      continue;
    }
    const packets = table.packets.view(reader.format.interfaces);
    for (let i = 0; i < packets.count; i++) {
      const frame: Frame = {
        time: Number(packets.time(i)) / 1e9,
        data: packets.frame(i).slice(),
        wire: packets.wireLength(i),
      };
      mutants.push({ frame, cut: new Uint8Array() });
    }
  }
  return { mutants, link: reader.format.interfaces[0]!.linkType };
}
