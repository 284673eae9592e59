import { assert, assertEquals, assertMatch, assertThrows } from "@std/assert";
import { Failure } from "../../src/host/failure.ts";
import { Journal } from "../../src/host/journal.ts";
import { bootId, networkNamespace, startTime } from "../../src/host/process.ts";
import { leftovers, restore } from "../../src/host/restore.ts";
import { rootTest } from "../lab/root.ts";
import { spider } from "../spider.ts";
import { hold } from "./hold.ts";
import { TestNamespace } from "./test_namespace.ts";
import { StateDirectory } from "./state_directory.ts";

/** A path where a journal is allowed to delete, with nothing there yet. */
function free(): string {
  const path = Deno.makeTempDirSync({ prefix: "spider-journal-" });
  Deno.removeSync(path);
  return path;
}

function exists(path: string): boolean {
  try {
    return Deno.lstatSync(path) !== undefined;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

/** A pid that no process has: the greatest that Linux gives out is one less. */
const DEAD = { pid: 2 ** 22, start: 1 };

function write(state: StateDirectory, name: string, ...lines: unknown[]): string {
  const path = `${state.path}/${name}.journal`;
  Deno.writeTextFileSync(path, lines.map((line) => JSON.stringify(line) + "\n").join(""));
  return path;
}

/** A header as it was written before journals were locked. */
function header(more = {}) {
  return { version: 1, ...DEAD, boot: bootId(), netns: networkNamespace(), ...more };
}

/** A header as it is written now. */
function lockedHeader(more = {}) {
  const [boot, netns] = [bootId(), networkNamespace()];
  return { version: 2, pid: Deno.pid, boot, netns, pidns: 1, ...more };
}

Deno.test("a journal undoes what is left when it is closed, and is gone then", () => {
  using state = new StateDirectory();
  const [first, second] = [free(), free()];
  const journal = Journal.open();
  const entry = journal.add({ kind: "directory", path: first });
  journal.add({ kind: "directory", path: second });
  for (const path of [first, second]) Deno.mkdirSync(path);

  journal.undo(entry);
  journal.undo(entry);
  assert(!exists(first));
  assert(exists(second));
  assertEquals(state.journals().length, 1);

  journal.close();
  journal.close();
  assert(!exists(second));
  assertEquals(state.journals(), []);
});

Deno.test("a journal that is begun when needed is there with the first change, and not before", () => {
  using state = new StateDirectory();
  const idle = Journal.whenNeeded();
  assertEquals(state.journals(), []);
  idle.close();

  const path = free();
  const journal = Journal.whenNeeded();
  journal.add({ kind: "directory", path });
  Deno.mkdirSync(path);
  assertEquals(state.journals().length, 1);
  journal.close();
  assert(!exists(path));
  assertEquals(state.journals(), []);
});

Deno.test("a change is on disk before it can be made", () => {
  using state = new StateDirectory();
  using journal = Journal.open();
  const path = free();
  journal.add({ kind: "directory", path });
  const text = Deno.readTextFileSync(`${state.path}/${state.journals()[0]}`);
  assert(text.includes(path));
  assert(text.endsWith("\n"));
});

Deno.test("what a killed process left is listed and undone, once", async () => {
  using state = new StateDirectory();
  const path = free();
  const holder = await hold(["directory", path]);
  await holder.kill();
  assert(exists(path));

  const [found] = leftovers();
  assertEquals(found?.pid, holder.pid);
  assertEquals(found?.left, [`the directory ${path}`]);

  assertEquals(restore(), [`Removed the directory ${path}, which process ${holder.pid} had left.`]);
  assert(!exists(path));
  assertEquals(state.journals(), []);
  assertEquals(restore(), []);
});

Deno.test("what a living process holds is left to it", async () => {
  using state = new StateDirectory();
  const path = free();
  const holder = await hold(["directory", path]);
  assertEquals(leftovers(), []);
  assertEquals(restore(), []);
  assert(exists(path));
  await holder.end();
  assert(!exists(path));
  assertEquals(state.journals(), []);
});

Deno.test("a pid that was given to another process does not keep a journal alive", () => {
  using state = new StateDirectory();
  const path = free();
  Deno.mkdirSync(path);
  write(state, "a", header({ pid: Deno.pid, start: startTime(Deno.pid)! - 1 }), {
    add: 1,
    undo: { kind: "directory", path },
  });
  assertEquals(restore().length, 1);
  assert(!exists(path));
});

Deno.test("an unlocked journal of an older version is left to the process that it names", () => {
  using state = new StateDirectory();
  const path = free();
  Deno.mkdirSync(path);
  write(state, "a", header({ pid: Deno.pid, start: startTime(Deno.pid) }), {
    add: 1,
    undo: { kind: "directory", path },
  });
  assertEquals([leftovers(), restore()], [[], []]);
  assert(exists(path));
  Deno.removeSync(path);
});

Deno.test("a journal that nobody has locked is a leftover, whoever has its process id now", () => {
  using state = new StateDirectory();
  const path = free();
  Deno.mkdirSync(path);
  const journal = write(state, "a", lockedHeader(), { add: 1, undo: { kind: "directory", path } });
  {
    using file = Deno.openSync(journal);
    file.lockSync(true);
    assertEquals([leftovers(), restore()], [[], []]);
    assert(exists(path));
  }
  assertEquals(leftovers().map(({ pid }) => pid), [Deno.pid]);
  assertEquals(restore(), [`Removed the directory ${path}, which process ${Deno.pid} had left.`]);
  assert(!exists(path));
  assertEquals(state.journals(), []);
});

Deno.test("a journal in use is left alone, also one that cannot be understood", () => {
  using state = new StateDirectory();
  const journal = write(state, "a", { version: 3 });
  assertEquals([leftovers().length, restore().length], [1, 1]);
  using file = Deno.openSync(journal);
  file.lockSync(true);
  assertEquals([leftovers(), restore()], [[], []]);
});

const CONTAINER = ["unshare", "--pid", "--fork", "--mount-proc"];

rootTest("in a container with PIDs of its own, doctor leaves a living run its rules", async () => {
  using _state = new StateDirectory();
  using sandbox = new TestNamespace();
  sandbox.ip("route add default via 10.1.0.2 dev one");
  const before = sandbox.ip("rule");
  const holder = await hold(["ecn", "one"], sandbox.name);
  const during = sandbox.ip("rule");
  assert(during !== before);
  const inside = { within: (line: readonly string[]) => sandboxed(sandbox, ...CONTAINER, ...line) };
  const left = await spider(["doctor", "--restore"], inside);
  assertMatch(left.out, /Nothing was left behind/);
  assertEquals(sandbox.ip("rule"), during);

  await holder.kill();
  const restored = await spider(["doctor", "--restore"], inside);
  assertMatch(restored.out + restored.err, new RegExp(`which process ${holder.pid} had left`));
  assertEquals(sandbox.ip("rule"), before);
});

rootTest("what lies in a network namespace that a container does not see is kept", async () => {
  using state = new StateDirectory();
  using sandbox = new TestNamespace();
  sandbox.ip("route add default via 10.1.0.2 dev one");
  const before = sandbox.ip("rule");
  const holder = await hold(["ecn", "one"], sandbox.name);
  await holder.kill();
  // A folder of its own in place of /run/netns, where the name of the namespace lies
  const hidden = ["unshare", "--mount", "sh", "-c", 'mount -t tmpfs none /run/netns && exec "$@"'];
  const restored = await spider(["doctor", "--restore"], {
    within: (line) => ["unshare", "--net", ...hidden, "sh", ...CONTAINER, ...line],
  });
  assertMatch(restored.out + restored.err, /another network namespace .* outside of it/);
  assertEquals(state.journals().length, 2);

  restore();
  assertEquals(sandbox.ip("rule"), before);
});

/** The command line that runs a command in the namespace of a sandbox. */
function sandboxed({ name }: TestNamespace, ...command: string[]): string[] {
  return ["ip", "netns", "exec", name, ...command];
}

Deno.test("a line that was cut while it was written speaks of nothing that was done", () => {
  using state = new StateDirectory();
  const [done, cut] = [free(), free()];
  for (const path of [done, cut]) Deno.mkdirSync(path);
  const path = write(state, "a", header(), { add: 1, undo: { kind: "directory", path: done } });
  Deno.writeTextFileSync(path, `{"add":2,"undo":{"kind":"directory","path":"${cut}"`, {
    append: true,
  });
  assertEquals(restore().length, 1);
  assert(!exists(done));
  assert(exists(cut));
  Deno.removeSync(cut);
  assertEquals(state.journals(), []);
});

Deno.test("a journal without a header is one whose process was killed at once", () => {
  using state = new StateDirectory();
  write(state, "a");
  assertEquals(restore(), []);
  assertEquals(state.journals(), []);
});

Deno.test("journals that cannot be understood are named and left alone", () => {
  using state = new StateDirectory();
  const outside = [
    { kind: "directory", path: "/etc" },
    { kind: "directory", path: "/tmp/spider-a/../../etc" },
    { kind: "netns", name: "production" },
    { kind: "container", name: "production" },
    { kind: "command", words: ["reboot"] },
  ];
  const paths = outside.map((undo, index) => write(state, `${index}`, header(), { add: 1, undo }));
  paths.push(`${state.path}/9.journal`);
  Deno.writeTextFileSync(paths.at(-1)!, "not json\n");

  const said = restore();
  assertEquals(said.length, 6);
  paths.forEach((path, index) => assertMatch(said[index]!, new RegExp(`${path}.*left alone`)));
  assertEquals(state.journals().length, 6);
  assertEquals(leftovers().map((found) => found.pid), paths.map(() => null));
});

Deno.test("a new start of the machine has undone all but directories", () => {
  using state = new StateDirectory();
  const path = free();
  Deno.mkdirSync(path);
  write(
    state,
    "a",
    header({ boot: "another" }),
    { add: 1, undo: { kind: "rule", family: 4, priority: 32765, mark: 1, table: 1 } },
    { add: 2, undo: { kind: "directory", path } },
  );
  assertEquals(restore().length, 1);
  assert(!exists(path));
  assertEquals(state.journals(), []);
});

rootTest(
  "a container outlives a new start of the machine, and is no fault where it is gone",
  () => {
    using state = new StateDirectory();
    const undo = { kind: "container", name: "spider-test.none" };
    write(state, "a", header({ boot: "another" }), { add: 1, undo });
    assertEquals(restore(), [
      `Removed the container spider-test.none, which process ${DEAD.pid} had left.`,
    ]);
    assertEquals(state.journals(), []);
  },
);

Deno.test("what was done in a network namespace that is no more is dropped", () => {
  using state = new StateDirectory();
  write(state, "a", header({ netns: 1 }), {
    add: 1,
    undo: { kind: "route-table", family: 4, table: 8531 },
  });
  assertEquals(restore(), []);
  assertEquals(state.journals(), []);
});

Deno.test("a state directory that cannot be written is a clear failure", () => {
  using _state = new StateDirectory();
  Deno.env.set("SPIDER_STATE_DIR", "/proc/spider");
  assertThrows(() => Journal.open(), Failure, "cannot write to /proc/spider");
  assertEquals(restore(), []);
});
