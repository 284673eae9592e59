import { assert, assertEquals } from "@std/assert";
import { run } from "../../src/host/run.ts";
import { type Frame, pcapFile, records } from "../data/packets.ts";
import { Folder } from "../data/temporary.ts";
import { judge } from "./compare.ts";
import { LINKS } from "./frame.ts";
import { generate, type Generated } from "./generate.ts";
import { joinsFragments, judgeTest } from "./judge.ts";
import { tell } from "./tshark.ts";

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

/** Generates captures, has each judged, and expects no difference. */
async function agree(...all: readonly Generated[]): Promise<void> {
  using folder = new Folder();
  const captures = all.map((what, at) => {
    const path = folder.at(`${at}.pcap`);
    const frames = generate(what);
    writeFrames(path, frames, what.link);
    return { what, path, frames: frames.length };
  });
  // One behind the other, since tshark takes longer to start than to read one of them
  const together = folder.at("all.pcapng");
  run("mergecap", ["-a", "-F", "pcapng", "-w", together, ...captures.map(({ path }) => path)]);
  const told = await tell(together);
  assertEquals(told.length, captures.reduce((sum, { frames }) => sum + frames, 0));
  for (const { what, path, frames } of captures) {
    const { flows, packets, counted, differences } = await judge(path, told.splice(0, frames));
    const name = JSON.stringify(what);
    assertEquals(differences.slice(0, SHOWN), [], `${name}: ${differences.length} differences`);
    assert(flows > what.flows / 2 && counted > packets / 3, name);
  }
}

judgeTest(
  "generated flows of each link type",
  () => agree(...LINKS.map((link) => ({ seed: link + 1, flows: 1500, link }))),
);

for (const snaplen of [68, 94, 128]) {
  judgeTest(
    `generated flows, cut to ${snaplen} octets`,
    () =>
      agree(...[1, 113, 276, 101].map((link) => ({
        seed: snaplen + link,
        flows: 500,
        link,
        snaplen,
      }))),
  );
}

judgeTest(
  "generated flows in fragments, and quotations that were translated",
  () => agree(...[1, 101].map((link) => ({ seed: link, flows: 1000, link, hard: true }))),
  joinsFragments,
);

judgeTest(
  "a crowd of flows at once",
  () => agree({ seed: 5, flows: 12_000, within: 3, link: 1, once: true }),
);
