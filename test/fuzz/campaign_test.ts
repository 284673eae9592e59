import { assertEquals, assertMatch } from "@std/assert";
import { fileURLToPath } from "node:url";
import type { Mutant } from "../data/mutants.ts";
import { StreamText } from "../stream_text.ts";
import { type Campaign, fuzz, replay, ROUND } from "./campaign.ts";
import { shrink } from "./kept.ts";

const MAIN = fileURLToPath(new URL("main.ts", import.meta.url));

/** Runs a short campaign in a folder of its own. */
async function inFolder<Result>(
  run: (campaign: Campaign) => Result | Promise<Result>,
): Promise<Result> {
  const folder = Deno.makeTempDirSync();
  const stop = new AbortController().signal;
  const campaign = { seed: 11, packets: 3 * ROUND, seconds: 60, folder, stop, progress() {} };
  try {
    return await run(campaign);
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
}

/** The fault that is planted: a packet that ends with an octet of 7. */
function planted({ frame }: Mutant): void {
  if (frame.data.at(-1) === 7 && frame.data.length > 40) throw new Error("planted");
}

Deno.test("a short fuzz breaks nothing", async () => {
  await inFolder(async (campaign) => {
    const seen: number[] = [];
    const result = await fuzz({ ...campaign, progress: (packets) => seen.push(packets) });
    assertEquals(result, { packets: 3 * ROUND, fault: null });
    assertEquals(seen, [ROUND, 2 * ROUND, 3 * ROUND]);
    assertEquals([...Deno.readDirSync(campaign.folder)], []);
  });
});

Deno.test("a planted fault is found, kept as few packets, and breaks again", async () => {
  await inFolder(async (campaign) => {
    const { fault } = await fuzz({ ...campaign, check: planted });
    if (fault === null) throw new Error("nothing was found");
    assertEquals([fault.reason, fault.packets], ["Error: planted", 1]);
    assertEquals(replay(fault.path, planted), "Error: planted");
    assertEquals(replay(fault.path), null);
    assertEquals(fault.again[0], `deno task fuzz --replay ${fault.path}`);
    const seed = Number(/--seed (\d+)/.exec(fault.again[1]!)?.[1]);
    const again = await fuzz({ ...campaign, seed, packets: ROUND, check: planted });
    assertEquals(again.fault?.packets, 1);
  });
});

Deno.test("a fault that takes two packets is kept with both", () => {
  const mutants = Array.from({ length: 100 }, (_, i): Mutant => ({
    frame: { time: 1, data: Uint8Array.of(i) },
    cut: new Uint8Array(),
  }));
  const octets = (some: readonly Mutant[]) => some.map(({ frame }) => frame.data[0]!);
  const both = (some: readonly Mutant[]) => [17, 80].every((octet) => octets(some).includes(octet));
  assertEquals(octets(shrink(mutants, both)), [17, 80]);
});

Deno.test("the task ends in order: after its time, on a signal, and on what it does not know", async () => {
  const start = (...args: string[]) =>
    new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", "--no-check", MAIN, ...args],
      stderr: "piped",
    }).spawn();
  const text = ({ stderr }: Deno.CommandOutput) => new TextDecoder().decode(stderr);
  const timed = await start("--seconds", "1", "--seed", "5").output();
  assertEquals(timed.code, 0);
  assertMatch(text(timed), /^seed 5\n(\d+ packets, \d+\/s\n)+nothing broke\n$/);
  const endless = start();
  const progress = new StreamText(endless.stderr);
  await progress.until(/packets/);
  endless.kill("SIGINT");
  const [{ code, signal }] = await Promise.all([endless.status, progress.all()]);
  assertEquals([code, signal], [0, null]);
  assertEquals((await start("--packets", "many").output()).code, 2);
});
