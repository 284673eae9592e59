import { assert, assertEquals, assertMatch, assertThrows } from "@std/assert";
import { DatabaseSync } from "node:sqlite";
import { Failure } from "../../src/host/failure.ts";
import { run } from "../../src/host/run.ts";
import { WALL_CLOCK, type WallClock } from "../../src/serve/measurements/queue.ts";
import { Folder } from "../data/temporary.ts";
import { rootTest } from "../lab/root.ts";
import { until } from "../until.ts";
import { keyIn, RunningServer } from "./running_server.ts";

rootTest(
  "on a full disk requests are refused, and others are answered; with room it goes on",
  async () => {
    using folder = new Folder();
    const small = folder.at("small");
    Deno.mkdirSync(small);
    run("mount", ["-t", "tmpfs", "-o", "size=2m", "spider-test", small]);
    try {
      await using running = new RunningServer({}, { database: `${small}/serve.db` }, folder);
      const upload = (count: number) =>
        running.ask("/lists?name=many", {
          method: "POST",
          body: Array.from({ length: count }, (_, at) => `192.0.2.${at % 256}:${at % 60_000 + 1}\n`)
            .join(""),
        });
      assertEquals((await upload(10)).status, 201);
      const full = await upload(100_000);
      assertEquals([full.status, JSON.parse(full.text).detail], [
        507,
        "this server has no room for more",
      ]);
      assertMatch(running.lines.join("\n"), / error cannot use the database .*: the disk is full/);
      const { lists } = JSON.parse((await running.ask("/lists")).text);
      assertEquals(lists.map(({ targets }: { targets: number }) => targets), [10]);
      run("mount", ["-o", "remount,size=50m", small]);
      assertEquals((await upload(100_000)).status, 201);
    } finally {
      run("umount", [small]);
    }
  },
);

rootTest("on a full disk who has filled it is locked out, and what he has kept goes", async () => {
  using folder = new Folder();
  const small = folder.at("small");
  Deno.mkdirSync(small);
  run("mount", ["-t", "tmpfs", "-o", "size=6m", "spider-test", small]);
  try {
    const database = `${small}/serve.db`;
    const clock = new JumpingClock();
    await using running = new RunningServer({}, { database, clock }, folder);
    const admin = keyIn(database, { scopes: ["admin"] });
    const keys = Array.from({ length: 12 }, () => keyIn(database));
    const post = (path: string, json: unknown, key: string) =>
      running.ask(path, { method: "POST", key, json });
    const later = { spider: "mss", schedule: { start: "2999-01-01T00:00:00Z" } };
    const waits = await post("/measurements", { ...later, targets: ["192.0.2.1"] }, keys[0]!);
    assertEquals(waits.status, 202);
    const upload = (count: number) =>
      running.ask("/lists?name=many", {
        ...{ method: "POST", key: keys[0]! },
        body: Array.from({ length: count }, (_, at) => `192.0.2.${at % 256}:${at % 60_000 + 1}\n`)
          .join(""),
      });
    const { id: list } = JSON.parse((await upload(5000)).text);
    fill(`${small}/filler`);
    while ((await upload(100)).status !== 507);
    while ((await post("/sessions", { key: admin }, admin)).status === 201);
    const session = await post("/sessions", { key: admin }, admin);
    assertEquals(session.status, 507, session.text);
    clock.jump(Date.parse("2999-01-02"));
    await until(
      "the queue waits for room",
      () => running.lines.some((line) => line.includes("nothing is measured until there is room")),
    );
    for (const text of keys) {
      const path = `/keys/${text.split("_")[1]}`;
      assertEquals((await running.ask(path, { method: "DELETE", key: admin })).status, 204);
      assertEquals((await running.ask("/status", { key: text })).status, 401);
      // Whatever that has given back is somebody's at once
      fill(`${small}/filler`);
    }
    const { links } = JSON.parse(waits.text);
    assertEquals((await post(`${links.self}/stop`, {}, admin)).status, 202);
    const gone = await running.ask(links.self, { method: "DELETE", key: admin });
    assertEquals(gone.status, 204);
    const removed = await running.ask(`/lists/${list}`, { method: "DELETE", key: admin });
    assertEquals(removed.status, 204);
    await until(
      "there is room again",
      async () => (await post("/sessions", { key: admin }, admin)).status === 201,
    );
  } finally {
    run("umount", [small]);
  }
});

/** A clock that can be put forward, of which those who sleep then hear. */
class JumpingClock implements WallClock {
  #ahead = 0;
  #jumped = Promise.withResolvers<void>();

  now(): number {
    return Date.now() + this.#ahead;
  }

  async sleep(milliseconds: number, signal: AbortSignal): Promise<void> {
    await Promise.race([this.#jumped.promise, WALL_CLOCK.sleep(milliseconds, signal)]);
  }

  jump(to: number): void {
    this.#ahead = to - Date.now();
    this.#jumped.resolve();
    this.#jumped = Promise.withResolvers();
  }
}

/** Takes all room of a disk that there is. */
function fill(path: string): void {
  using file = Deno.openSync(path, { create: true, append: true });
  const piece = new Uint8Array(4096);
  assertThrows(
    () => {
      while (true) file.writeSync(piece);
    },
    Error,
    "No space left",
  );
}

Deno.test("a database that is damaged in the middle, or newer, is refused and stays as it is", async () => {
  using folder = new Folder();
  const path = folder.at("serve.db");
  {
    await using running = new RunningServer({}, {}, folder);
    const body = "192.0.2.1\n".repeat(5000);
    assertEquals((await running.ask("/lists?name=a", { method: "POST", body })).status, 201);
  }
  const whole = Deno.readFileSync(path);
  const refused = (octets: Uint8Array, why: RegExp) => {
    Deno.writeFileSync(path, octets);
    const { message } = assertThrows(() => new RunningServer({}, {}, folder), Failure);
    assertMatch(message, why);
    assert(Deno.readFileSync(path).every((octet, at) => octet === octets[at]), "it was changed");
    assertEquals(Deno.statSync(path).size, octets.length);
  };
  const damaged = whole.slice();
  damaged.fill(0xa5, damaged.length / 2, damaged.length / 2 + 8192);
  refused(damaged, /cannot use the database .*: it is damaged \(.*; it is left as it is/);
  refused(whole.slice(0, whole.length / 2), /cannot use the database .*left as it is/);
  Deno.writeFileSync(path, whole);
  {
    const database = new DatabaseSync(path);
    database.exec("PRAGMA user_version = 999");
    database.close();
  }
  refused(Deno.readFileSync(path), /is of version 999, and this program knows/);
});
