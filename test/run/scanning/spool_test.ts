import { assert, assertEquals, assertThrows } from "@std/assert";
import { Failure } from "../../../src/host/failure.ts";
import { isLeft, Spool, type SpooledTarget } from "../../../src/run/scanning/spool.ts";
import { Seen } from "../../../src/target/seen.ts";
import { Folder } from "../../data/temporary.ts";

const NEVER = new AbortController().signal;

const target = (number: number): SpooledTarget => ({
  dip: number % 2 === 0 ? `192.0.2.${number % 250}` : `2001:db8::${number.toString(16)}`,
  dp: 1 + number % 65_535,
});

async function rest(spool: Spool): Promise<SpooledTarget[]> {
  const all = [];
  for (let one = await spool.next(NEVER); one !== null; one = await spool.next(NEVER)) {
    all.push(one);
  }
  return all;
}

Deno.test("what goes in comes out in its order, however reading and writing take turns", async () => {
  using spool = Spool.open(null);
  const targets = Array.from({ length: 5000 }, (_, number) => target(number));
  const found: SpooledTarget[] = [];
  for (const [number, one] of targets.entries()) {
    spool.add(one);
    if (number % 7 === 0) found.push((await spool.next(NEVER))!);
  }
  assertEquals(spool.waiting, targets.length - found.length);
  spool.end();
  assertEquals([...found, ...await rest(spool)], targets);
  assertEquals(spool.waiting, 0);
});

Deno.test("who waits for a target is woken by the next one, by the end, and by the signal", async () => {
  using spool = Spool.open(null);
  const first = spool.next(NEVER);
  spool.add(target(1));
  assertEquals(await first, target(1));
  const stop = new AbortController();
  const stopped = spool.next(stop.signal);
  stop.abort();
  assertEquals(await stopped, null);
  const last = spool.next(NEVER);
  spool.end();
  assertEquals(await last, null);
});

Deno.test("a later run finds what was left, and nothing that was done, twice or half", async () => {
  using folder = new Folder();
  const path = folder.at("results.confirm");
  const seen = new Seen();
  {
    using spool = Spool.open(path);
    for (const number of [1, 2, 3, 4, 3]) spool.add(target(number));
    spool.flush();
  }
  Deno.writeTextFileSync(path, '{"dip":"192.0.2.9","d', { append: true });
  assert(isLeft(path));
  seen.add(target(2));
  using spool = Spool.continue(path, seen);
  assertEquals(spool.waiting, 3);
  spool.add(target(5));
  spool.end();
  assertEquals(await rest(spool), [1, 3, 4, 5].map(target));
  assertEquals(seen.add(target(4)), false);
  spool.remove();
  assertEquals([...Deno.readDirSync(folder.at("."))].length, 0);
});

Deno.test("without a room, and with something else in its place, a sentence says so", () => {
  using full = Spool.open("/dev/full");
  full.add(target(1));
  assertThrows(() => full.flush(), Failure, "cannot write /dev/full: ");
  using folder = new Folder();
  Deno.writeTextFileSync(folder.at("other"), "no target\n");
  assertThrows(
    () => Spool.continue(folder.at("other"), new Seen()),
    Failure,
    "holds something else than targets to confirm: move it away",
  );
  assertEquals([...Deno.readDirSync(folder.at("."))].map(({ name }) => name), ["other"]);
});

Deno.test("a spool that somebody has removed is removed", () => {
  using folder = new Folder();
  const path = folder.at("results.confirm");
  using spool = Spool.open(path);
  Deno.removeSync(path);
  spool.remove();
  Deno.mkdirSync(path);
  Deno.writeTextFileSync(`${path}/other`, "");
  assertThrows(() => spool.remove(), Failure, `cannot remove ${path}: `);
});
