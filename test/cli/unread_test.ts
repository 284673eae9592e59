import { assert, assertEquals, assertMatch } from "@std/assert";
import { TargetLab } from "../lab/target_lab.ts";
import { pcap } from "../data/captures.ts";
import { Folder } from "../data/temporary.ts";
import { UnreadPipe } from "../data/unread_pipe.ts";
import { rootTest } from "../lab/root.ts";
import { outcome, type ProgramRun, results, type RunOptions, start } from "../spider.ts";
import { until } from "../until.ts";
import { ethernet, ip4, UDP, udp } from "../data/packets.ts";

const TARGETS = 30_000;

/** Longer than what is read before a busy machine hears of an interruption. */
const LISTED = 1_000_000;

const listed = (n: number) => `10.${n >> 16}.${(n >> 8) & 255}.${n & 255}`;

/** A list that is longer than what a pipe and the memory for what waits can hold. */
function longList(folder: Folder): string {
  const lines = Array.from({ length: LISTED }, (_, n) => listed(n));
  return folder.put("list", new TextEncoder().encode(lines.join("\n")));
}

/** Starts a command that writes to the pipe, and interrupts it when the pipe is full. */
async function interrupted(pipe: UnreadPipe, args: readonly string[], options: RunOptions = {}) {
  const child = start([...args, "--output", pipe.path], options);
  const ended = outcome(child);
  child.stdin.close();
  await until("the pipe is full", () => pipe.full);
  child.kill("SIGINT");
  return { child, ended };
}

/** Interrupts it repeatedly until it ends, without reading from it. */
async function insisted(child: Deno.ChildProcess, ended: Promise<ProgramRun>): Promise<ProgramRun> {
  let tries = 0;
  const again = setInterval(() => {
    try {
      child.kill(++tries < 100 ? "SIGINT" : "SIGKILL");
    } catch (error) {
      if (!(error instanceof TypeError)) throw error; // it has ended
    }
  }, 100);
  try {
    return await ended;
  } finally {
    clearInterval(again);
  }
}

/** Reads the pipe until the program has ended; its records. */
async function readOn(pipe: UnreadPipe, ended: Promise<ProgramRun>) {
  const reading = setInterval(() => pipe.read(), 10);
  const { code, err } = await ended;
  clearInterval(reading);
  return { code, err, found: results(pipe.read()) };
}

Deno.test("filter hears an interruption while nobody reads, and loses nothing that it counted", async () => {
  using folder = new Folder();
  const args = ["filter", "--input", longList(folder)];
  using pipe = new UnreadPipe();
  const { ended } = await interrupted(pipe, args);
  const { code, err, found } = await readOn(pipe, ended);
  assertEquals(code, 130);
  assertMatch(err, /interrupted: the input was not read to its end/);
  assertEquals(err.split(" ")[0], found.length.toLocaleString("en-US"));
  assert(found.length > 1000 && found.length < LISTED);
  assertEquals(found.findIndex(({ dip }, n) => dip !== listed(n)), -1);
});

Deno.test("a second interruption ends what waits for a reader at once", async () => {
  using folder = new Folder();
  const capture = folder.put(
    "many.pcap",
    pcap(Array.from({ length: 20_000 }, (_, n) => ({
      time: 1,
      data: ethernet(ip4(udp(new Uint8Array(), 1024 + n), { protocol: UDP })),
    }))),
  );
  for (const args of [["filter", "--input", longList(folder)], ["observe", "-i", capture]]) {
    using pipe = new UnreadPipe();
    const { child, ended } = await interrupted(pipe, args);
    assertEquals((await insisted(child, ended)).code, 130, args[0]);
  }
});

rootTest("measure hears an interruption while nobody reads, and every result arrives", async () => {
  await using lab = await TargetLab.open();
  using folder = new Folder();
  // More than are measured before a busy machine hears of the interruption
  const targets = lab.addresses("transparent", 4, TARGETS).join("\n");
  const input = folder.put("targets", new TextEncoder().encode(targets));
  const within = (line: readonly string[]) => lab.exec(line);
  using pipe = new UnreadPipe();
  const { ended } = await interrupted(pipe, ["measure", "ecn", "--input", input], { within });
  const { code, err, found } = await readOn(pipe, ended);
  assertEquals(code, 130, err);
  assertMatch(err, /interrupted/);
  assertMatch(err, new RegExp(`^${found.length.toLocaleString("en-US")} targets in`, "m"));
  assert(found.length < TARGETS);
  for (const { conditions } of found) assertEquals(conditions[0], "ecn.connectivity.works");

  using other = new UnreadPipe();
  const again = await interrupted(other, ["measure", "ecn", "--input", input], { within });
  assertEquals((await insisted(again.child, again.ended)).code, 130);
});
