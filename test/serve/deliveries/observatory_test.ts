import { assert, assertEquals, assertMatch } from "@std/assert";
import { unpack } from "../../../src/host/bzip2.ts";
import { Observatory } from "../../result/pto/observatory.ts";
import { until } from "../../until.ts";
import { Outbox, result } from "./outbox.ts";
import { Receiver } from "./receiver.ts";

const TO = [{ observatory: "pto" }];

const knowing = (
  { origin, key }: { readonly origin: string; readonly key: string },
  token = key,
) => ({
  observatories: {
    pto: {
      url: `${origin}/raw/`,
      ...{ token, campaign: "spring", owner: "noc@example.org" },
      metadata: { vantage: "zurich" },
    },
  },
});

async function linesOf(server: Observatory, name: string): Promise<unknown[]> {
  const data = server.files.get(name)!.data!;
  const text = await new Response(unpack(ReadableStream.from([data]), name)).text();
  return text.trimEnd().split("\n").map((line) => JSON.parse(line));
}

Deno.test("the results of each run come to an observatory as a file of its own, with metadata", async () => {
  await using server = new Observatory();
  await using outbox = new Outbox(knowing(server));
  outbox.start();
  const { store, clock } = outbox;
  const schedule = { interval: 3600, jitter: 0 };
  const measurement = store.add(
    null,
    { spider: "ecn", schedule, deliver: TO } as never,
    ["{}"],
    clock.now(),
  );
  const { id } = measurement;
  const runs = [1, 2].map((run) =>
    // More than are read at once
    Array.from({ length: 1200 }, (_, at) => result(`192.0.2.${at % 200}`, `run.${run}.${at}`))
  );
  for (const [at, results] of runs.entries()) {
    outbox.run(id, results);
    outbox.ended([], [result("198.51.100.1")]); // of another one
    const done = { state: "completed", problem: null } as const;
    if (at === 0) store.endRun(store.get(id)!, done, clock.now(), clock.now());
    else store.end(store.get(id)!, done, clock.now());
  }
  outbox.courier.poke();
  for (const [at, results] of runs.entries()) {
    const run = at + 1;
    const { problem } = await outbox.until("delivered", measurement, run);
    assertEquals(problem, null);
    const name = `ecn-${id}-${run}.ndjson.bz2`;
    assertEquals(await linesOf(server, name), results);
    assertEquals(server.files.get(name)!.metadata, {
      _file_type: "pathspider-v2-ndjson-bz2",
      _owner: "noc@example.org",
      _time_start: "2026-11-30T11:00:00Z",
      _time_end: "2026-11-30T11:00:01Z",
      ...{ spider: "ecn", measurement: id, run: String(run), vantage: "zurich" },
    });
  }
});

Deno.test("what came to it and was not noted is not sent again", async () => {
  await using server = new Observatory();
  await using outbox = new Outbox(knowing(server));
  outbox.start();
  const measurement = outbox.ended(TO, [result("192.0.2.1")]);
  await outbox.until("delivered", measurement);
  const before = server.lines.length;
  outbox.courier.retry(outbox.delivery(measurement));
  await outbox.until("delivered", measurement);
  assertEquals(server.lines.slice(before), [
    `GET /raw/spring/ecn-${measurement.id}-1.ndjson.bz2`,
  ]);
  server.files.get(`ecn-${measurement.id}-1.ndjson.bz2`)!.data = new Uint8Array(5);
  outbox.courier.retry(outbox.delivery(measurement));
  const { problem } = await outbox.until("given_up", measurement);
  assertMatch(problem!, /is there already, with 5 octets of data, which cannot be replaced$/);
});

Deno.test("an observatory that is down is tried again, and one that refuses is not", async () => {
  await using server = new Observatory();
  await using outbox = new Outbox(knowing(server));
  outbox.start();
  server.instead = (_, count) => count < 3 ? new Response("busy", { status: 503 }) : undefined;
  const slow = await outbox.until("delivered", outbox.ended(TO, [result("192.0.2.1")]));
  assert(slow.attempts > 2, `${slow.attempts}`);
  server.instead = () => undefined;
  outbox.config = { ...outbox.config, ...knowing(server, "wrong-key") };
  const refused = await outbox.until("given_up", outbox.ended(TO, [result("192.0.2.1")]));
  assertEquals([refused.attempts, refused.status], [1, 401]);
  assertEquals(refused.problem, `${new URL(server.origin).host} answers 401 ("who?")`);
});

Deno.test("an observatory that is missing in the configuration is waited for as long as one that is down", async () => {
  await using server = new Observatory();
  await using outbox = new Outbox({});
  outbox.start();
  const measurement = outbox.ended(TO, [result("192.0.2.1")]);
  const { attempts, created, tried, problem } = await outbox.until("given_up", measurement);
  const hours = (tried! - created) / 3_600_000;
  assert(attempts > 20 && hours > 22.5 && hours <= 24, `${attempts} in ${hours}`);
  assertEquals(
    problem,
    "this server knows no observatory pto: see observatories of its configuration",
  );
  // A server that was started with another file for a while
  const note = outbox.deliveries.note.bind(outbox.deliveries);
  let noted = 0;
  outbox.deliveries.note = (...args) => {
    note(...args);
    if (++noted === 2) outbox.config = { ...outbox.config, ...knowing(server) };
  };
  const other = await outbox.until("delivered", outbox.ended(TO, [result("192.0.2.1")]));
  assertEquals(other.attempts, 3);
});

Deno.test("a run without results with times has nothing for an observatory", async () => {
  await using server = new Observatory();
  await using outbox = new Outbox(knowing(server));
  outbox.start();
  for (const results of [[], [{ dip: "192.0.2.1" }]]) {
    const { problem, attempts } = await outbox.until("given_up", outbox.ended(TO, results));
    assertEquals(problem, "the run has no results with times, which an observatory wants");
    assertEquals(attempts, 1);
  }
  assertEquals(server.seen, []);
});

Deno.test("results that are removed meanwhile are not sent in part", async () => {
  await using server = new Observatory();
  await using outbox = new Outbox(knowing(server));
  const results = Array.from({ length: 1200 }, () => result("192.0.2.1"));
  const measurement = outbox.ended(TO, results);
  const read = outbox.kept.results.bind(outbox.kept);
  let pages = 0;
  outbox.kept.results = (...args) => {
    // The second time that they are read, in the middle
    if (++pages === 5) outbox.store.remove(outbox.store.get(measurement.id)!);
    return read(...args);
  };
  outbox.start();
  await until("it was tried", () => outbox.ends.length > 0);
  assertEquals([outbox.ends, server.seen, pages > 4], [["hopeless"], [], true]);
});

Deno.test("an end that interrupts an upload leaves it for the next start", async () => {
  await using receiver = new Receiver();
  const { promise, resolve } = Promise.withResolvers<Response>();
  receiver.answer = () => promise;
  await using outbox = new Outbox(knowing({ origin: receiver.origin, key: "key" }));
  outbox.start();
  const measurement = outbox.ended(TO, [result("192.0.2.1")]);
  await receiver.received(1);
  await outbox.courier.close(20);
  const { state, attempts, tried } = outbox.delivery(measurement);
  assertEquals([state, attempts, tried], ["waiting", 0, null]);
  resolve(new Response());
});
