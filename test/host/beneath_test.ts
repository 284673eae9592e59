import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { Beneath } from "../../src/host/beneath.ts";
import { run } from "../../src/host/run.ts";
import { Folder } from "../data/temporary.ts";

/** The folder `shown` with a file, and one beside it. */
function filled(folder: Folder): string {
  const shown = folder.at("shown");
  Deno.mkdirSync(`${shown}/deep`, { recursive: true });
  Deno.writeTextFileSync(folder.at("outside"), "outside");
  Deno.writeTextFileSync(`${shown}/name`, "inside");
  return Deno.realPathSync(shown);
}

function textOf(file: Beneath): Promise<string> {
  return new Response(file.octets(0, file.status.size)).text();
}

/** Descriptors that are open for a file of a folder. */
function held(folder: string): string[] {
  return run("sh", ["-c", `ls -l /proc/${Deno.pid}/fd`]).split("\n").filter((line) =>
    line.includes(folder)
  );
}

Deno.test("links may lead within the folder by any way, and nowhere else", async () => {
  using folder = new Folder();
  const shown = filled(folder);
  Deno.symlinkSync(`${shown}/name`, `${shown}/absolute`);
  Deno.symlinkSync("../../shown/name", `${shown}/deep/relative`);
  Deno.symlinkSync("../outside", `${shown}/out`);
  Deno.symlinkSync("/", `${shown}/root`);
  Deno.symlinkSync("loop", `${shown}/loop`);
  run("mkfifo", [`${shown}/pipe`]);
  for (const name of ["name", "absolute", "deep/relative"]) {
    const file = Beneath.open(shown, `${shown}/${name}`)!;
    assertEquals([file.path, await textOf(file)], [`${shown}/name`, "inside"]);
  }
  for (const name of ["out", "root/etc/passwd", "root", "loop", "pipe", "gone", "name/below"]) {
    assertEquals(Beneath.open(shown, `${shown}/${name}`), null, name);
  }
  // A name that begins as the folder's does
  Deno.writeTextFileSync(folder.at("shown2"), "");
  assertEquals(Beneath.open(shown, folder.at("shown2")), null);
  using found = Beneath.open(shown, shown)!;
  const entries = await found.entries(10, (name) => name !== "deep");
  assertEquals(entries, [{ name: "name", isDirectory: false, size: 6 }]);
  assertEquals((await found.entries(1, () => true)).length, 1);
});

Deno.test("what is renamed over each other meanwhile shows nothing of outside", async () => {
  using folder = new Folder();
  const shown = filled(folder);
  const worker = new Worker(new URL("./beneath_swapper.ts", import.meta.url), { type: "module" });
  const said = () => new Promise((resolve) => worker.onmessage = resolve);
  const end = new Int32Array(new SharedArrayBuffer(4));
  const begins = said();
  worker.postMessage({ folder: shown, outside: folder.at("outside"), end });
  await begins;
  const seen = { inside: 0, none: 0 };
  try {
    for (let count = 0; count < 3000 || seen.inside === 0 || seen.none === 0; count++) {
      const file = Beneath.open(shown, `${shown}/name`);
      if (file === null) seen.none++;
      else {
        assertEquals(await textOf(file), "inside");
        seen.inside++;
      }
    }
  } finally {
    // What is terminated goes on for a while, and would put files into a folder that is being removed
    const ended = said();
    Atomics.store(end, 0, 1);
    await ended;
    worker.terminate();
  }
});

Deno.test("what was opened stays the same, and its descriptor ends with it", async () => {
  using folder = new Folder();
  const shown = filled(folder);
  const path = `${shown}/name`;
  Deno.writeFileSync(path, new Uint8Array(1_000_000).fill(7));
  const file = Beneath.open(shown, path)!;
  Deno.renameSync(path, `${shown}/other`);
  Deno.symlinkSync("../outside", path);
  const octets = await new Response(file.octets(10, 999_980)).bytes();
  assert(octets.length === 999_980 && octets.every((octet) => octet === 7));
  const cancelled = Beneath.open(shown, `${shown}/other`)!;
  const reader = cancelled.octets(0, 1_000_000).getReader();
  await reader.read();
  assertEquals(held(shown).length, 1);
  await reader.cancel();
  const shorter = Beneath.open(shown, `${shown}/other`)!;
  Deno.truncateSync(`${shown}/other`, 5);
  await assertRejects(() => textOf(shorter), Error, "could not be read on");
  using gone = Beneath.open(shown, `${shown}/deep`)!;
  Deno.removeSync(`${shown}/deep`);
  assertEquals(await gone.entries(10, () => true), []);
  gone.close();
  assertThrows(() => Deno.statSync(`${shown}/deep`), Deno.errors.NotFound);
  assertEquals(held(shown), []);
});
