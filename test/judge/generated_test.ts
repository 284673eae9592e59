import { assert, assertEquals } from "@std/assert";
import { LINKS } from "../data/mutants.ts";
import { type Frame, pcapFile, records } from "../data/packets.ts";
import { judge } from "./compare.ts";
import { generate, type Generated } from "./generate.ts";
import { joinsFragments, judgeTest } from "./judge.ts";

/** Differences that a failing test shows. */
const SHOWN = 20;
const PORTION = 10_000;

/** Writes a capture in portions, since the number of arguments of a call is limited. */
function writeFrames(path: string, frames: readonly Frame[], link: number): void {
  Deno.writeFileSync(path, pcapFile([], link));
  for (let at = 0; at < frames.length; at += PORTION) {
    Deno.writeFileSync(path, records(frames.slice(at, at + PORTION)), { append: true });
  }
}

/** Generates a capture, has it judged, and expects no difference. */
async function agree(what: Generated): Promise<void> {
  const path = Deno.makeTempFileSync({ suffix: ".pcap" });
  try {
    writeFrames(path, generate(what), what.link);
    const { flows, packets, counted, differences } = await judge(path);
    assertEquals(differences.slice(0, SHOWN), [], `${differences.length} differences`);
    assert(flows > what.flows / 2 && counted > packets / 2);
  } finally {
    Deno.removeSync(path);
  }
}

for (const link of LINKS) {
  judgeTest(
    `generated flows, link type ${link}`,
    () => agree({ seed: link + 1, flows: 1500, link }),
  );
}

for (const snaplen of [68, 94, 128]) {
  judgeTest(`generated flows, cut to ${snaplen} octets`, async () => {
    for (const link of [1, 113, 276, 101]) {
      await agree({ seed: snaplen + link, flows: 500, link, snaplen });
    }
  });
}

judgeTest("generated flows in fragments, and quotations that were translated", async () => {
  for (const link of [1, 101]) await agree({ seed: link, flows: 1000, link, hard: true });
}, joinsFragments);

judgeTest("a crowd of flows at once", () => agree({ seed: 5, flows: 12_000, within: 3, link: 1 }));
