import { assert, assertEquals, assertMatch } from "@std/assert";
import { Database } from "../../../src/serve/database/database.ts";
import { ListRemovals } from "../../../src/serve/lists/removals.ts";
import { ListStore } from "../../../src/serve/lists/store.ts";
import { targetStream } from "../../../src/serve/lists/target_stream.ts";
import { MeasurementStore } from "../../../src/serve/measurements/store.ts";
import { until } from "../../until.ts";
import { RunningServer } from "../running_server.ts";

const LATER = { spider: "mss", schedule: { start: "2999-01-01T00:00:00Z" } };

/** Lists in a database, and how many rows of them there are. */
function listsIn(database: Database) {
  const lists = new ListStore(database, () => {});
  const add = (count: number, owner: string | null = null) => {
    const coming = lists.begin({ owner, name: "a", needs: "address" });
    coming.add(Array.from({ length: count }, (_, at) => `{"dip":"192.0.2.1","dp":${at + 1}}`));
    return lists.get(coming.end(0))!;
  };
  const rows = () =>
    database.first<{ count: number }>("SELECT count(*) AS count FROM list_targets");
  return { lists, add, rows: () => rows()!.count };
}

Deno.test("a measurement has its list until it ends, though it was removed, and then it goes in pieces", () => {
  using database = Database.open(":memory:");
  const { lists, add, rows } = listsIn(database);
  const [store, removals] = [new MeasurementStore(database), new ListRemovals(database)];
  const list = add(1200, "alice");
  const request = { spider: "mss" } as unknown as Parameters<MeasurementStore["add"]>[1];
  const measurement = store.add("alice", request, list);
  assertEquals([measurement.targets, rows()], [1200, 1200]);
  lists.remove(list);
  assertEquals([lists.get(list.id), lists.list(undefined)], [undefined, []]);
  assertEquals(removals.drop(500), false);
  assertEquals(store.targets(measurement, 1199, 10), ['{"dip":"192.0.2.1","dp":1200}']);
  assertEquals(lists.kept("alice"), { lists: 1, targets: 1200 });
  store.end(measurement, { state: "stopped", problem: null }, 0);
  assertEquals(lists.kept("alice"), { lists: 0, targets: 0 });
  const left: number[] = [];
  while (removals.drop(500)) left.push(rows());
  assertEquals(left, [700, 200, 0, 0]);
});

Deno.test("what a killed server has begun to receive goes, and what is whole stays", () => {
  using database = Database.open(":memory:");
  const { lists, add, rows } = listsIn(database);
  lists.begin({ owner: null, name: "half", needs: "address" }).add(["{}", "{}"]);
  const whole = add(3);
  const removals = new ListRemovals(database);
  removals.begin();
  while (removals.drop(500));
  assertEquals([lists.list(undefined), rows()], [[whole], 3]);
});

Deno.test("targets come some at a time, and their removal meanwhile is told", async () => {
  using database = Database.open(":memory:");
  const { lists, add } = listsIn(database);
  const list = add(2500);
  const asked: number[] = [];
  const counting: Pick<ListStore, "targets"> = {
    targets(one, from, most) {
      asked.push(most);
      return lists.targets(one, from, most);
    },
  };
  const text = await new Response(targetStream(counting, list)).text();
  assertEquals(text.split("\n").length, 2501);
  assert(asked.length >= 3 && asked.every((most) => most <= 1000));
  const gone = targetStream({ targets: () => [] }, list).getReader();
  const error = await gone.read().then(() => null, (error: Error) => error);
  assertMatch(String(error), /was removed while it was read/);
});

Deno.test("a key has so many lists and targets, all have so many, and admins as many as they want", async () => {
  const limits = { per_key: 2, targets_per_key: 10, targets: 15 };
  await using running = new RunningServer({ requests: { lists: limits } });
  const [alice, bob] = [running.key(), running.key()];
  const admin = running.key({ scopes: ["admin"] });
  const upload = async (key: string, count: number) => {
    const body = "192.0.2.1\n".repeat(count);
    const answer = await running.ask("/lists?name=a", { method: "POST", key, body });
    return { status: answer.status, ...JSON.parse(answer.text) };
  };
  const targets = (count: number) => ({ targets: Array<string>(count).fill("192.0.2.1") });
  const measure = (key: string, targets: object) =>
    running.ask("/measurements", { method: "POST", key, json: { ...LATER, ...targets } });
  const { status, detail } = await upload(alice, 11);
  assertEquals(status, 507);
  assertMatch(detail, /^a key has at most 10 targets here/);
  const first = await upload(alice, 4);
  assertEquals([first.status, (await upload(alice, 4)).status], [201, 201]);
  assertMatch((await upload(alice, 1)).detail, /^a key has at most 2 lists here/);
  const many = await measure(alice, targets(3));
  assertEquals([many.status, (await measure(alice, targets(2))).status], [507, 202]);
  // It takes what is there already
  assertEquals((await measure(alice, { targets: { list: first.id } })).status, 202);
  assertMatch((await upload(bob, 6)).detail, /^this server keeps at most 15 targets/);
  assertEquals((await upload(bob, 5)).status, 201);
  for (let count = 0; count < 3; count++) assertEquals((await upload(admin, 20)).status, 201);
  await until("what was refused is gone", async () => {
    const { lists } = JSON.parse((await running.ask("/lists", { key: admin })).text);
    using database = Database.open(running.database);
    return lists.length === 6 && listsIn(database).rows() === 4 + 4 + 5 + 60;
  });
});

Deno.test("what waits for a time to come takes a place in the queue too", async () => {
  await using running = new RunningServer({ measure: { queue: 2 } });
  const ask = async () => {
    const json = { ...LATER, targets: ["192.0.2.1"] };
    return (await running.ask("/measurements", { method: "POST", json })).status;
  };
  assertEquals([await ask(), await ask(), await ask()], [202, 202, 503]);
});

Deno.test("one key leaves room in the queue for those of others, and an admin's need not", async () => {
  await using running = new RunningServer({ measure: { queue: 5, queue_per_key: 2 } });
  const [alice, bob] = [running.key(), running.key()];
  const admin = running.key({ scopes: ["admin"] });
  const ask = async (key: string) => {
    const json = { ...LATER, targets: ["192.0.2.1"] };
    const { status, text } = await running.ask("/measurements", { method: "POST", key, json });
    return [status, JSON.parse(text).detail];
  };
  assertEquals([(await ask(alice))[0], (await ask(alice))[0]], [202, 202]);
  assertEquals(await ask(alice), [503, "2 measurements of this key have not ended yet"]);
  assertEquals([(await ask(bob))[0], (await ask(admin))[0], (await ask(admin))[0]], [
    ...[202, 202, 202],
  ]);
  assertEquals(await ask(admin), [503, "5 measurements have not ended yet"]);
});
