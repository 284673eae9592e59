import { assertEquals, assertMatch, assertRejects } from "@std/assert";
import { Folder } from "./data/temporary.ts";
import { Residents } from "./resident.ts";

/** Where each start of a process leaves a line. */
function counted(folder: Folder) {
  const script = 'echo started >>"$0"; exec "$@"';
  return {
    within: (line: readonly string[]) => ["sh", "-c", script, folder.at("starts"), ...line],
    starts: () => folder.text("starts").trimEnd().split("\n").length,
  };
}

Deno.test("one run after the other shares a process, each with its input and environment", async () => {
  using folder = new Folder();
  const { within, starts } = counted(folder);
  await using residents = new Residents(within);
  const program = { MTR_PACKET: "/nonexistent/one" };
  const missing = await residents.run(["ping", "192.0.2.1"], { env: program });
  assertEquals(missing.code, 1);
  assertMatch(missing.err, /\/nonexistent\/one is not installed/);
  const read = await residents.run(["lab", "graph", "-"], { input: "hosts: { a: }\nlink: 3\n" });
  assertMatch(read.err, /^standard input:2:1: unknown key link/m);
  const other = await residents.run(["ping", "192.0.2.1"], { env: { MTR_PACKET: "/bin/false" } });
  assertMatch(other.err, /ended with status 1/);
  assertEquals(starts(), 1);
});

Deno.test("runs at the same time have a process each, and those that are under way end with all", async () => {
  using folder = new Folder();
  const { within, starts } = counted(folder);
  const residents = new Residents(within);
  // It waits for the end of its input before it says anything
  const endless = { env: { MTR_PACKET: "wc" } };
  const first = residents.run(["ping", "192.0.2.1"], endless);
  const killed = assertRejects(() => first, Error, "the process ended with");
  assertEquals((await residents.run(["--version"])).code, 0);
  assertEquals(starts(), 2);
  await residents.close();
  await killed;
});

Deno.test("a process that ends of itself is reported with what it said", async () => {
  await using residents = new Residents(() => ["sh", "-c", "echo no >&2; exit 3"]);
  await assertRejects(
    () => residents.run(["--version"]),
    Error,
    'the process ended with 3, and said "no\\n": --version',
  );
});
