import { assert, assertEquals, assertMatch } from "@std/assert";
import { DatabaseFailure } from "../../../src/serve/database/database.ts";
import { Folder } from "../../data/temporary.ts";
import { until } from "../../until.ts";
import { FastClock } from "../fast_clock.ts";
import { ServerProcess } from "../server_process.ts";
import { Outbox } from "./outbox.ts";
import { Receiver } from "./receiver.ts";

const allowing = (...receivers: readonly Receiver[]) => ({
  deliveries: { webhooks: receivers.map(({ origin }) => origin) },
});

const hook = ({ origin }: Receiver) => ({ webhook: `${origin}/hook`, secret: null });

/** An answer that comes when it is let go. */
function held() {
  const { promise, resolve } = Promise.withResolvers<Response>();
  return { answer: () => promise, release: () => resolve(new Response()) };
}

Deno.test("a run and its deliveries end together, or neither does", async () => {
  await using receiver = new Receiver();
  await using outbox = new Outbox(allowing(receiver));
  const { number } = outbox.store.add(null, { deliver: [hook(receiver)] } as never, ["{}"]);
  outbox.run(outbox.store.list({ most: 1 })[0]!.id, []);
  outbox.database.run(
    "CREATE TRIGGER full BEFORE INSERT ON deliveries BEGIN SELECT raise(ABORT, 'x'); END",
  );
  const end = () => {
    const [measurement] = outbox.store.list({ most: 1 });
    outbox.store.end(measurement!, { state: "completed", problem: null }, outbox.clock.now());
  };
  let failed = false;
  try {
    end();
  } catch {
    failed = true;
  }
  assertEquals([failed, outbox.store.list({ most: 1 })[0]!.state], [true, "running"]);
  outbox.database.run("DROP TRIGGER full");
  end();
  assertEquals(outbox.delivery({ number }).state, "waiting");
});

Deno.test("each run is told, to each destination; what never began is not", async () => {
  await using receiver = new Receiver();
  await using outbox = new Outbox(allowing(receiver));
  outbox.start();
  const { store, clock, deliveries } = outbox;
  const schedule = { interval: 3600, jitter: 0 };
  const deliver = [hook(receiver), { webhook: `${receiver.origin}/other`, secret: null }];
  const { number, id } = store.add(null, { schedule, deliver } as never, ["{}"], clock.now());
  outbox.run(id, []);
  const failed = { state: "failed", problem: "no interface" } as const;
  store.endRun(store.get(id)!, failed, clock.now() + 1000, clock.now());
  // It waits for its second run
  store.end(store.get(id)!, { state: "stopped", problem: null }, clock.now());
  outbox.courier.poke();
  await receiver.received(2);
  await outbox.until("delivered", { number }, 2);
  assertEquals(deliveries.list(number, { most: 9 }).map((one) => [one.number, one.run]), [
    ...[[2, 1], [1, 1]],
  ]);
  assertEquals(receiver.got.map(({ path }) => path).sort(), ["/hook", "/other"]);
  const { state, problem } = JSON.parse(receiver.got[0]!.body);
  assertEquals({ state, problem }, failed);
});

Deno.test("one place is asked one thing at a time, and keeps no other waiting", async () => {
  await using slow = new Receiver();
  await using quick = new Receiver();
  await using outbox = new Outbox(allowing(slow, quick));
  outbox.start();
  const { answer, release } = held();
  slow.answer = answer;
  const first = outbox.ended([hook(slow)]);
  const second = outbox.ended([hook(slow)]);
  await slow.received(1);
  await outbox.until("delivered", outbox.ended([hook(quick)]));
  assertEquals(slow.got.length, 1);
  assert(!outbox.courier.retry(outbox.delivery(first)), "it is tried twice at once");
  release();
  await outbox.until("delivered", first);
  await outbox.until("delivered", second);
  assertEquals(slow.got.length, 2);
});

Deno.test("what waits goes on after the next start, also what was interrupted", async () => {
  using folder = new Folder();
  await using receiver = new Receiver();
  const { answer, release } = held();
  receiver.answer = (count) => count === 1 ? new Response(null, { status: 503 }) : answer();
  const [first, second] = await (async () => {
    const outbox = new Outbox(allowing(receiver), folder);
    outbox.start();
    const measurement = outbox.ended([hook(receiver)]);
    await receiver.received(2);
    await outbox.courier.close(20);
    const { state, attempts } = outbox.delivery(measurement);
    assertEquals([state, attempts, outbox.ends], ["waiting", 1, ["failed"]]);
    const later = outbox.ended([hook(receiver)]);
    outbox.database.close();
    return [measurement, later];
  })();
  release();
  receiver.answer = () => new Response();
  await using again = new Outbox(allowing(receiver), folder);
  again.start();
  assertEquals((await again.until("delivered", first!)).attempts, 2);
  assertEquals((await again.until("delivered", second!)).attempts, 1);
});

Deno.test("an end in order waits for what is under way", async () => {
  using folder = new Folder();
  await using receiver = new Receiver();
  const { answer, release } = held();
  receiver.answer = answer;
  const outbox = new Outbox(allowing(receiver), folder);
  outbox.start();
  const measurement = outbox.ended([hook(receiver)]);
  await receiver.received(1);
  const closed = outbox.courier.close(60_000);
  release();
  await closed;
  assertEquals(outbox.delivery(measurement).state, "delivered");
  outbox.database.close();
});

Deno.test("what the configuration does not allow any more is not sent", async () => {
  await using receiver = new Receiver();
  await using outbox = new Outbox({ deliveries: { webhooks: false } });
  outbox.start();
  const { problem, status } = await outbox.until("given_up", outbox.ended([hook(receiver)]));
  assertMatch(problem!, /^this server calls no webhooks: see deliveries\.webhooks/);
  assertEquals([status, receiver.got], [null, []]);
});

Deno.test("with its measurement a delivery is gone", async () => {
  await using receiver = new Receiver();
  await using outbox = new Outbox(allowing(receiver));
  const measurement = outbox.ended([hook(receiver)]);
  outbox.store.remove(outbox.store.get(measurement.id)!);
  assertEquals(outbox.delivery(measurement), undefined);
  assertEquals(outbox.deliveries.nextTime([]), null);
  assertEquals(outbox.database.all("SELECT * FROM destinations"), []);
});

Deno.test("a fault of this program costs an attempt, and is in the log; one of the disk ends it", async () => {
  await using receiver = new Receiver();
  await using outbox = new Outbox(allowing(receiver));
  outbox.start();
  outbox.kept.countRun = () => {
    throw new TypeError("in the middle");
  };
  const measurement = outbox.ended([hook(receiver)]);
  const { problem, attempts } = await outbox.until("given_up", measurement);
  assertEquals(problem, "this server is at fault; its log tells of this delivery");
  assert(outbox.lines.some((line) => /^error delivery \S+: TypeError: in the middle/.test(line)));
  const failure = new DatabaseFailure("serve.db", new Error("disk I/O error"));
  outbox.kept.countRun = () => {
    throw failure;
  };
  outbox.courier.retry(outbox.delivery(measurement));
  await until("it is broken", () => outbox.broken !== null);
  assertEquals([outbox.broken, outbox.delivery(measurement).attempts], [failure, attempts]);
  assertEquals(receiver.got, []);
});

Deno.test("a server that is killed in the middle of a delivery makes it again", async () => {
  using folder = new Folder();
  await using receiver = new Receiver();
  const { answer, release } = held();
  receiver.answer = (count) => count === 1 ? answer() : new Response();
  {
    await using outbox = new Outbox(allowing(receiver), folder, new FastClock(Date.now()));
    outbox.ended([hook(receiver)]);
  }
  const yaml = `listen: { port: 0 }\ndeliveries: { webhooks: [${receiver.origin}] }\n`;
  const config = folder.put("serve.yaml", new TextEncoder().encode(yaml));
  const here = { exec: (line: readonly string[]) => line };
  const first = new ServerProcess(here, folder, ["--config", config]);
  await receiver.received(1);
  await first.end("SIGKILL");
  const second = new ServerProcess(here, folder, ["--config", config]);
  await receiver.received(2);
  await until("it is noted", () => /info delivery \S+ is delivered/.test(second.log));
  assertEquals(await second.end("SIGTERM"), 0);
  release();
  const ids = receiver.got.map(({ headers }) => headers.get("spider-delivery"));
  assertEquals([ids.length, new Set(ids).size], [2, 1]);
});
