import { assert, assertEquals, assertMatch } from "@std/assert";
import { Database } from "../../../src/serve/database/database.ts";
import { Forgetting } from "../../../src/serve/measurements/forgetting.ts";
import type { Measurement, State } from "../../../src/serve/measurements/measurement.ts";
import { ResultStore } from "../../../src/serve/measurements/result_store.ts";
import { MeasurementStore } from "../../../src/serve/measurements/store.ts";
import type { Config } from "../../../src/serve/config/schema.ts";
import { Folder } from "../../data/temporary.ts";
import { until } from "../../until.ts";
import { RunningServer } from "../running_server.ts";

const REQUEST = { spider: "mss" } as unknown as Parameters<MeasurementStore["add"]>[1];
const DAY = 86_400_000;

/** A database with measurements for a test. */
class Kept implements Disposable {
  readonly database: Database;
  readonly store: MeasurementStore;
  readonly lines: string[] = [];
  readonly #path: string;

  constructor(folder: Folder) {
    this.#path = folder.at("serve.db");
    this.database = Database.open(this.#path);
    this.store = new MeasurementStore(this.database);
  }

  /** Keeps one with results of a kilobyte each; its id. */
  add(state: State, ended: number | null, results: number): string {
    const measurement = this.store.add(null, REQUEST, ["{}"]);
    new ResultStore(this.database).addResults(
      measurement as Measurement,
      Array.from({ length: results }, () => ({
        conditions: ["a.b", "c.d"],
        more: "x".repeat(1000),
      })),
    );
    this.database.run(
      "UPDATE measurements SET state = ?, ended = ? WHERE number = ?",
      ...[state, ended, measurement.number],
    );
    return measurement.id;
  }

  forgetting(retention: Config["retention"]): Forgetting {
    return new Forgetting({
      database: this.database,
      store: this.store,
      retention: () => retention,
      clock: { now: () => 100 * DAY },
      log: { write: (level, text) => this.lines.push(`${level} ${text}`) },
    });
  }

  /** Waits until it has forgotten, which the log says. */
  async forget(retention: Config["retention"]): Promise<void> {
    const forgetting = this.forgetting(retention);
    const { promise, reject } = Promise.withResolvers<never>();
    forgetting.start(reject);
    const free = () => this.database.first<{ count: number }>("PRAGMA freelist_count");
    const left = () => this.count("measurements WHERE state = 'removed'");
    const done = until(
      "it is small",
      () => this.lines.length > 0 && left() === 0 && Object.values(free()!)[0] === 0,
    );
    await Promise.race([done, promise]);
    await forgetting.close();
  }

  count(what: string): number {
    return this.database.first<{ count: number }>(`SELECT count(*) AS count FROM ${what}`)!.count;
  }

  get ids(): string[] {
    return this.store.list({ most: 100 }).map(({ id }) => id).reverse();
  }

  get fileSize(): number {
    return Deno.statSync(this.#path).size;
  }

  [Symbol.dispose](): void {
    this.database.close();
  }
}

Deno.test("what ended first is forgotten until the database is small, and its file shrinks", async () => {
  using folder = new Folder();
  using kept = new Kept(folder);
  const running = kept.add("running", null, 400);
  const late = kept.add("completed", 30, 1000);
  kept.add("failed", 10, 1500);
  kept.add("stopped", 20, 1500);
  const repeated = kept.add("scheduled", null, 400);
  const before = kept.fileSize;
  let turns = 0;
  const turning = setInterval(() => turns++);
  await kept.forget({ megabytes: 3 });
  clearInterval(turning);
  assertEquals(kept.ids, [running, late, repeated]);
  assertEquals(kept.lines, ["info 2 measurements were forgotten: retention.megabytes"]);
  assertEquals(kept.count("results"), 1800);
  assertEquals(kept.count("conditions"), 3600);
  assert(kept.database.octets < 3e6, `${kept.database.octets}`);
  assert(before > 4e6 && kept.fileSize < 3e6, `${before}, ${kept.fileSize}`);
  // 500 results at a time, and requests in between
  assert(turns >= 6, `${turns}`);
});

Deno.test("where nothing has ended that could go, the log says so, and nothing goes", async () => {
  using folder = new Folder();
  using kept = new Kept(folder);
  const ids = [kept.add("running", null, 1200), kept.add("queued", null, 1200)];
  await kept.forget({ megabytes: 1 });
  assertEquals(kept.ids, ids);
  assertEquals(kept.count("results"), 2400);
  assertEquals(kept.lines.length, 1);
  assertMatch(kept.lines[0]!, /^warning the database holds more than the 1 MB of retention\.meg/);
});

Deno.test("what ended too long ago is forgotten, whatever room there is", async () => {
  using folder = new Folder();
  using kept = new Kept(folder);
  kept.add("completed", 89 * DAY, 1);
  const young = kept.add("completed", 91 * DAY, 1);
  const waiting = kept.add("queued", null, 0);
  await kept.forget({ days: 10 });
  assertEquals(kept.ids, [young, waiting]);
  assertEquals(kept.lines, ["info 1 measurement was forgotten: retention.days"]);
});

Deno.test("what was removed is seen by nobody, and deleted after a start in between", async () => {
  using folder = new Folder();
  {
    using kept = new Kept(folder);
    const id = kept.add("completed", 1, 700);
    kept.store.remove(kept.store.get(id)!);
    assertEquals([kept.store.get(id), kept.ids, kept.store.countByState()], [undefined, [], []]);
    assertEquals(kept.count("results"), 700);
    const forgetting = kept.forgetting({});
    forgetting.start(() => {});
    await forgetting.close();
    assert(kept.count("results") > 0, "it ends at once");
  }
  await using _running = new RunningServer({}, {}, folder);
  using kept = new Kept(folder);
  await until("it is gone", () => kept.count("measurements") === 0);
  assertEquals([kept.count("results"), kept.count("conditions")], [0, 0]);
});

Deno.test("what is still to be told of stays until it was, and with what is removed that goes at once", () => {
  using folder = new Folder();
  using kept = new Kept(folder);
  const told = kept.add("completed", 1, 1);
  const { number } = kept.store.get(told)!;
  kept.database.run(
    "INSERT INTO destinations (measurement, number, place) VALUES (?, 1, 'https://a.example')",
    number,
  );
  kept.database.run(
    `INSERT INTO deliveries (measurement, number, destination, run, outcome, last_result, state,
      created, next, until) VALUES (?, 1, 1, 1, '{}', 0, 'waiting', 1, 1, 1)`,
    number,
  );
  assertEquals([kept.store.removeEndedBefore(100), kept.store.removeOldest()], [0, false]);
  kept.database.run("UPDATE deliveries SET state = 'delivered', next = NULL");
  assertEquals(kept.store.removeEndedBefore(100), 1);
  assertEquals([kept.count("destinations"), kept.count("deliveries")], [0, 0]);
});
