import { assert, assertEquals, assertThrows } from "@std/assert";
import { run } from "../../../src/host/run.ts";
import { Database, DatabaseFailure } from "../../../src/serve/database/database.ts";
import { MeasurementStore } from "../../../src/serve/measurements/store.ts";
import { Folder } from "../../data/temporary.ts";
import { rootTest } from "../../lab/root.ts";

const REQUEST = { spider: "mss" } as unknown as Parameters<MeasurementStore["add"]>[1];

Deno.test("a transaction is done as a whole, or not at all", () => {
  using database = Database.open(":memory:");
  const store = new MeasurementStore(database);
  const broken = function* () {
    yield "{}";
    throw new TypeError("in the middle");
  };
  assertThrows(() => store.add(null, REQUEST, broken()), TypeError, "in the middle");
  assertEquals(store.list({ most: 10 }), []);
  const { targets } = store.add(null, REQUEST, ["{}", "{}"]);
  assertEquals(targets, 2);
});

Deno.test("what was committed is there when it is opened again, and a second version would follow", () => {
  using folder = new Folder();
  const path = folder.at("deep/down/serve.db");
  {
    using database = Database.open(path);
    new MeasurementStore(database).add("key", REQUEST, ["{}"]);
  }
  using again = Database.open(path);
  assertEquals(new MeasurementStore(again).oldestOfEach().map(({ owner }) => owner), ["key"]);
  assertEquals(Deno.statSync(folder.at("deep/down")).mode! & 0o777, 0o700);
});

rootTest("root makes it for whose folder it lies in", () => {
  using folder = new Folder();
  Deno.mkdirSync(folder.at("of-a-service"));
  Deno.chownSync(folder.at("of-a-service"), 61_000, 61_001);
  const path = folder.at("of-a-service/serve.db");
  using database = Database.open(path);
  new MeasurementStore(database).add("key", REQUEST, ["{}"]);
  for (const { name } of Deno.readDirSync(folder.at("of-a-service"))) {
    const { uid, gid } = Deno.statSync(folder.at(`of-a-service/${name}`));
    assertEquals([uid, gid], [61_000, 61_001], name);
  }
});

rootTest("a full disk is a sentence, and what was there before stays", () => {
  using folder = new Folder();
  const small = folder.at("small");
  Deno.mkdirSync(small);
  run("mount", ["-t", "tmpfs", "-o", "size=600k", "spider-test", small]);
  try {
    using database = Database.open(`${small}/serve.db`);
    const store = new MeasurementStore(database);
    const { id } = store.add(null, REQUEST, ["{}"]);
    const many = Array.from({ length: 20_000 }, () => '{"dip":"192.0.2.1"}');
    const failure = assertThrows(() => store.add(null, REQUEST, many), DatabaseFailure);
    assert((failure as DatabaseFailure).isFull, failure.message);
    assertEquals(store.list({ most: 10 }).map((one) => one.id), [id]);
  } finally {
    run("umount", [small]);
  }
});
