import { assertEquals, assertMatch } from "@std/assert";
import { Folder } from "../data/temporary.ts";
import { numbersOf, Peer } from "./peer.ts";
import type { Ran } from "./process.ts";

const figure = ({ stdout }: Ran) => numbersOf(stdout, ["rate"])?.rate ?? null;

/** The result of a peer that is such a script. */
async function came(script: string, { mode = 0o755, limit = 20 } = {}): Promise<Peer<number>> {
  using folder = new Folder();
  const path = folder.at("peer");
  Deno.writeTextFileSync(path, script);
  Deno.chmodSync(path, mode);
  const peer = new Peer("theirs", [path], figure, "", limit);
  for (let round = 0; round < 2; round++) await peer.run();
  return peer;
}

async function remark(script: string, options = {}): Promise<string> {
  const peer = await came(script, options);
  assertEquals(peer.figures, null);
  return peer.remark;
}

Deno.test("a peer that works has a figure a run", async () => {
  assertEquals((await came(`#!/bin/sh\necho '{ "rate": 7 }'\n`)).figures, [7, 7]);
});

Deno.test("a peer's first run need not count", async () => {
  const peer = new Peer("theirs", ["true"], ({ seconds }) => seconds);
  await peer.run(false);
  assertEquals(peer.figures, []);
});

Deno.test("a peer that does not start says why", async () => {
  const missing = new Peer("theirs", ["/nowhere/peer"], figure);
  await missing.run();
  assertEquals(missing.remark, "theirs is not installed");
  assertMatch(await remark("#!/bin/sh\n", { mode: 0o644 }), /^theirs does not start: .*denied/);
  assertMatch(await remark("\x7fELF no program"), /^theirs (does not start|ended with status)/);
});

Deno.test("a peer that fails says why, in a line that fits into a table", async () => {
  assertEquals(
    await remark("#!/bin/sh\necho first >&2\necho 'no | \x1b[31msuch' >&2\nexit 1\n"),
    "theirs ended with status 1: no    [31msuch",
  );
  assertMatch(await remark("#!/bin/sh\nkill -SEGV $$\n"), /^theirs was ended by SIGSEGV$/);
  assertEquals(
    await remark("#!/bin/sh\necho nonsense\n"),
    "theirs ended well, and did not do the work",
  );
  assertEquals(
    await remark(`#!/bin/sh\necho '{ "rate": "many" }'\n`),
    "theirs ended well, and did not do the work",
  );
});

Deno.test("a peer that does not end is ended, with what it has started", async () => {
  const late = { limit: 0.3 };
  assertEquals(await remark("#!/bin/sh\nsleep 100\n", late), "theirs did not end within 0.3 s");
  // Its child holds the pipe, in its group and out of it
  assertEquals(await remark("#!/bin/sh\nsleep 100 &\n", late), "theirs did not end within 0.3 s");
  assertEquals(
    await remark("#!/bin/sh\nsetsid sleep 2 &\n", late),
    "theirs did not end within 0.3 s",
  );
  assertEquals(await remark("#!/bin/sh\nyes\n", late), "theirs did not end within 0.3 s");
});
