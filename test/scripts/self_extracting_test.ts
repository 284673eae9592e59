import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { ISOLATION, PERMISSIONS } from "../../scripts/compile/permissions.ts";
import { rootTest } from "../lab/root.ts";
import { PackedProgram, type StartOutcome } from "./packed.ts";

/** The status that the stand-in for Deno ends with. */
const RAN = 7;

function assertRan({ code, out, err }: StartOutcome): void {
  assertEquals([code, err], [RAN, ""]);
  assertStringIncludes(out, "<run>\n");
}

function assertRefused({ code, out, err }: StartOutcome, message: RegExp): void {
  assertEquals([code, out], [1, ""]);
  assertMatch(err, /^spider: [^\n]+\n$/);
  assertMatch(err, message);
}

Deno.test("it hands on its arguments as they are, with narrow permissions", async () => {
  using packed = await PackedProgram.make();
  const args = ["measure", "", "a b", "--help", "two\nlines", "*", "'\"$HOME"];
  const { code, out, err } = await packed.run(args);
  assertEquals([code, err], [RAN, ""]);
  const words = [
    ...["run", "--quiet", ...ISOLATION, ...PERMISSIONS],
    ...[`${packed.unpacked}/app/main.js`, ...args],
  ];
  assertStringIncludes(out, words.map((word) => `<${word}>\n`).join(""));
  assert(PERMISSIONS.every((flag) => flag !== "--allow-all" && flag !== "-A"));
});

Deno.test("nothing of another Deno's settings reaches it", async () => {
  using packed = await PackedProgram.make();
  const { code, out } = await packed.run([], {
    DENO_DIR: "/elsewhere",
    DENO_V8_FLAGS: "--help",
    DENO_CERT: "two\nDENO_LINES=1",
    NODE_OPTIONS: "--require /evil.js",
  });
  assertEquals(code, RAN);
  const variables = out.split("\n").filter((line) => !line.startsWith("<")).filter(Boolean).sort();
  assertEquals(variables, [`DENO_DIR=${packed.unpacked}.cache`, "DENO_NO_UPDATE_CHECK=1"]);
});

Deno.test("the same contents make the same file", async () => {
  using packed = await PackedProgram.make();
  const made = Deno.readFileSync(packed.path);
  await packed.again();
  assertEquals(Deno.readFileSync(packed.path), made);
});

Deno.test("it unpacks itself once", async () => {
  using packed = await PackedProgram.make();
  assertRan(await packed.run());
  const before = Deno.statSync(`${packed.unpacked}/deno`).ino;
  assertRan(await packed.run());
  assertEquals(Deno.statSync(`${packed.unpacked}/deno`).ino, before);
  assertEquals(Deno.statSync(packed.cache).mode! & 0o777, 0o700);
  assertEquals(Deno.statSync(`${packed.unpacked}/app/main.js`).mode! & 0o777, 0o400);
});

Deno.test("twenty starts at once with nothing unpacked all run, and leave one copy", async () => {
  using packed = await PackedProgram.make();
  const starts = await Promise.all(Array.from({ length: 20 }, () => packed.run()));
  starts.forEach(assertRan);
  const id = packed.unpacked.split("/").at(-1)!;
  assertEquals(packed.left, [id, "lock"].sort());
});

rootTest("twenty starts at once that cannot lock do so too", async () => {
  using packed = await PackedProgram.make();
  const { code, out, err } = await packed.within(
    `
    mkdir /mnt/home
    mount --bind /bin/false /usr/bin/flock
    for start in $(seq 20); do "$spider" & done | grep -c main.js
    wait
    ls -A /mnt/home/.cache/spider | wc -l
  `,
    "/mnt/home",
  );
  assertEquals([code, out, err], [0, "20\n2\n", ""]);
});

Deno.test("a file that was written to is found out, also with its size and time as before", async () => {
  using packed = await PackedProgram.make();
  assertRan(await packed.run());
  for (const name of ["deno", "app/main.js"]) {
    const path = `${packed.unpacked}/${name}`;
    const good = Deno.readFileSync(path);
    const { atime, mtime, mode } = Deno.statSync(path);
    Deno.chmodSync(path, 0o700);
    const bad = good.slice();
    bad[20]! ^= 1;
    Deno.writeFileSync(path, bad);
    Deno.utimeSync(path, atime!, mtime!);
    Deno.chmodSync(path, mode!);
    assertRan(await packed.run());
    assertEquals(Deno.readFileSync(`${packed.unpacked}/${name}`), good);
    assertEquals(packed.left.length, 2, "the damaged copy is gone");
  }
});

Deno.test("files that are missing come back; those that were only touched are hashed again", async () => {
  using packed = await PackedProgram.make();
  assertRan(await packed.run());
  Deno.removeSync(`${packed.unpacked}/app/main.js`);
  assertRan(await packed.run());
  assertEquals(Deno.readTextFileSync(`${packed.unpacked}/app/main.js`), "// not run here");
  const { ino } = Deno.statSync(`${packed.unpacked}/deno`);
  Deno.utimeSync(`${packed.unpacked}/deno`, 1, 1);
  const stale = Deno.readTextFileSync(`${packed.unpacked}/sealed`);
  assertRan(await packed.run());
  assertEquals(Deno.statSync(`${packed.unpacked}/deno`).ino, ino);
  assert(Deno.readTextFileSync(`${packed.unpacked}/sealed`) !== stale);
});

Deno.test("what killed starts left is cleared away, not what one may be at work on", async () => {
  using packed = await PackedProgram.make();
  Deno.mkdirSync(`${packed.cache}/new-old/whole`, { recursive: true });
  Deno.mkdirSync(`${packed.cache}/new-young`);
  for (const path of [packed.cache, `${packed.home}/.cache`]) Deno.chmodSync(path, 0o700);
  Deno.utimeSync(`${packed.cache}/new-old`, 1, 1);
  assertRan(await packed.run());
  assert(!packed.left.includes("new-old"));
  assert(packed.left.includes("new-young"));
});

Deno.test("a file that was cut off or altered is named, and nothing of it is run or kept", async () => {
  using packed = await PackedProgram.make();
  const whole = Deno.readFileSync(packed.path);
  const at = (share: number) => Math.floor(whole.length * share);
  for (const length of [at(0.5), whole.length - 1]) {
    Deno.writeFileSync(packed.path, whole.subarray(0, length));
    assertRefused(
      await packed.run(),
      new RegExp(`damaged, it has ${length} octets and should have ${whole.length}: copy it again`),
    );
    assertEquals(packed.left, ["lock"]);
  }
  const altered = whole.slice();
  altered[at(0.5)]! ^= 1;
  Deno.writeFileSync(packed.path, altered);
  assertRefused(await packed.run(), /this file is damaged, .*: copy it again/);
  assertEquals(packed.left, ["lock"]);
});

Deno.test("a file that was cut off in its header is no program at all", async () => {
  using packed = await PackedProgram.make();
  const whole = Deno.readFileSync(packed.path);
  const { length } = new TextDecoder("latin1").decode(whole).split("\n}\n")[0]!;
  // From behind its comment, where there is something to run
  for (let cut = 2000; cut < length; cut += Math.ceil(length / 20)) {
    Deno.writeFileSync(packed.path, whole.subarray(0, cut));
    const { code, out, err } = await packed.run();
    assertEquals([code, out], [2, ""], `cut at ${cut}`);
    assertMatch(err, /[Ss]yntax error|unexpected/);
  }
});

Deno.test("a file for another machine says so", async () => {
  using packed = await PackedProgram.make(Deno.build.arch === "x86_64" ? "aarch64" : "x86_64");
  assertRefused(await packed.run(), /^spider: this file is for \w+, and this machine is \w+/);
});

Deno.test("it runs by a bare name, by a link, and through sh", async () => {
  using packed = await PackedProgram.make();
  const bin = packed.at("bin");
  Deno.mkdirSync(bin);
  Deno.symlinkSync(packed.path, `${bin}/spider`);
  for (const command of [["sh", packed.path], [`${bin}/spider`]]) {
    assertRan(await packed.run([], {}, command));
    Deno.removeSync(packed.cache, { recursive: true });
  }
  const env = { PATH: `${bin}:${Deno.env.get("PATH")}` };
  assertRan(await packed.run(["-c", "spider"], env, ["sh"]));
});

Deno.test("folders that others may write to are passed over", async () => {
  using packed = await PackedProgram.make();
  const open = packed.at("open");
  for (const mode of [0o777, 0o770]) {
    Deno.mkdirSync(`${open}/mine`, { recursive: true });
    Deno.chmodSync(open, mode);
    assertRan(await packed.run([], { XDG_CACHE_HOME: `${open}/mine` }));
    assertEquals([...Deno.readDirSync(`${open}/mine`)], []);
    assert(packed.unpacked);
  }
});

rootTest("a cache folder of another user's is not used, nor written to", async () => {
  using packed = await PackedProgram.make();
  const { code, out, err } = await packed.within(`
    mkdir /mnt/theirs /mnt/home && chown 1000 /mnt/theirs
    # A copy that would be taken, were it not another user's
    HOME=/mnt/home "$spider" >/dev/null || true
    cp -a /mnt/home/.cache/spider /mnt/theirs/spider && chown -R 1000 /mnt/theirs
    chmod -R a+rX /mnt/theirs /mnt/home
    HOME=/mnt/none XDG_CACHE_HOME=/mnt/theirs "$spider" | grep main.js
    ls -A /mnt/theirs
    # By a link, and by name in /tmp
    chown -R 1000 /mnt/home
    as 1000 ln -s /mnt/theirs/spider /tmp/spider-1001
    as 1001 env HOME=/mnt/home "$spider" || true
    ls -A /tmp
  `);
  assertEquals(code, 0, err);
  assertMatch(out, /^<\/var\/cache\/spider\/\w+\/app\/main.js>\nspider\nspider-1001\n$/);
  assertMatch(err, /^spider: it finds no folder to unpack itself into; .*another user.*\n$/);
});

rootTest(
  "under sudo it keeps out of the caller's home, and root has a copy of its own",
  async () => {
    using packed = await PackedProgram.make();
    const { code, out, err } = await packed.within(`
    mkdir -m 700 /mnt/caller && chown 1000 /mnt/caller
    HOME=/mnt/caller TMPDIR=/mnt/caller "$spider" | grep main.js
    ls -A /mnt/caller
    stat -c '%u %a' /var/cache/spider
  `);
    assertEquals([code, err], [0, ""]);
    assertMatch(out, /^<\/var\/cache\/spider\/\w+\/app\/main.js>\n0 700\n$/);
  },
);

rootTest("it runs with nothing writable but one folder, from a read-only place", async () => {
  using packed = await PackedProgram.make();
  const { code, out, err } = await packed.within(`
    mkdir -p /mnt/home /mnt/run && chown 1000 /mnt/home /mnt/run
    mount -t tmpfs -o mode=700,uid=1000 none /mnt/run
    mount -o remount,ro /mnt
    as 1000 env HOME=/mnt/home TMPDIR=relative "$spider" | grep main.js
    rm -r /tmp/spider-1000
    as 1000 env HOME=/mnt/home XDG_RUNTIME_DIR=/mnt/run "$spider" | grep main.js
    as 1000 env HOME=/mnt/home XDG_RUNTIME_DIR=/mnt/run "$spider" | grep main.js
    as 1000 env -u HOME TMPDIR=/mnt/run "$spider" | grep main.js
    ls -A /tmp
  `);
  assertEquals([code, err], [0, ""]);
  assertMatch(
    out,
    /^<\/tmp\/spider-1000\/.*>\n(<\/mnt\/run\/spider\/.*>\n){2}<\/mnt\/run\/spider-1000\/.*>\n$/,
  );
});

rootTest("a full disk is one sentence, and leaves nothing half done", async () => {
  using packed = await PackedProgram.make();
  const { code, out, err } = await packed.within(`
    for folder in /var/cache /tmp; do
      mount -t tmpfs -o size=500k,mode=1777 none "$folder"
    done
    mkdir /tmp/home
    HOME=/tmp/home XDG_RUNTIME_DIR=/var/cache "$spider" || echo "$?"
    find /tmp /var/cache -type f -size +0
    find /tmp /var/cache -name 'new-*'
  `);
  assertEquals([code, out], [0, "1\n"]);
  assertMatch(
    err,
    /^spider: it finds no folder .*: the disk is full; .*Set XDG_CACHE_HOME to .* \d+ MB of room\n$/,
  );
});

rootTest("where programs may not be run it goes on to another folder", async () => {
  using packed = await PackedProgram.make();
  const { code, out, err } = await packed.within(`
    mkdir /mnt/home && mount -t tmpfs -o noexec,mode=755 none /mnt/home
    HOME=/mnt/home "$spider" | grep main.js
    ls -A /mnt/home/.cache/spider
  `);
  assertEquals([code, err], [0, ""]);
  assertMatch(out, /^<\/var\/cache\/spider\/.*>\nlock\n$/);
});
