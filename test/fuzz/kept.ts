import { Capture } from "../../src/host/capture.ts";
import type { Mutant } from "../data/mutants.ts";
import { type Frame, pcapFile } from "../data/packets.ts";

const BUFFER = 64 << 20;
const RECORD = 16;
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
  using capture = Capture.file(path);
  const buffer = new Uint8Array(BUFFER);
  const view = new DataView(buffer.buffer);
  const mutants: Mutant[] = [];
  while (!capture.ended) {
    const end = capture.read(buffer, 1 << 16);
    for (let at = 0; at < end;) {
      const captured = view.getUint32(at + 8, true);
      const frame: Frame = {
        time: view.getUint32(at, true) + view.getUint32(at + 4, true) * capture.fraction / 1e9,
        data: buffer.slice(at + RECORD, at + RECORD + captured),
        wire: view.getUint32(at + 12, true),
      };
      mutants.push({ frame, cut: new Uint8Array() });
      at += RECORD + captured;
    }
  }
  return { mutants, link: capture.linkType };
}
