import { assert, assertEquals, assertMatch, assertThrows } from "@std/assert";
import { DatabaseSync } from "node:sqlite";
import { Failure } from "../../src/host/failure.ts";
import { run } from "../../src/host/run.ts";
import { Folder } from "../data/temporary.ts";
import { rootTest } from "../lab/root.ts";
import { RunningServer } from "./running_server.ts";

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
