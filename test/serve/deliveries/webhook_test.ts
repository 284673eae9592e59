import { assert, assertEquals, assertMatch } from "@std/assert";
import { Outbox, result } from "./outbox.ts";
import { type Received, Receiver } from "./receiver.ts";

const SECRET = "a secret of some length";

const allowing = ({ origin }: Receiver) => ({ deliveries: { webhooks: [origin] } });

const hook = ({ origin }: Receiver, secret: string | null = null) => ({
  ...{ webhook: `${origin}/hook`, secret },
});

/** Checks a signature as a receiver does; the time in it, in seconds. */
async function checked({ headers, body }: Received): Promise<number> {
  const [, time = "", code = ""] = /^t=(\d+),v1=([0-9a-f]{64})$/.exec(
    headers.get("spider-signature") ?? "",
  ) ?? [];
  const text = new TextEncoder();
  const hmac = { name: "HMAC", hash: "SHA-256" };
  const key = await crypto.subtle.importKey("raw", text.encode(SECRET), hmac, false, ["verify"]);
  const octets = Uint8Array.from(code.match(/../g) ?? [], (pair) => parseInt(pair, 16));
  const signed = text.encode(`${time}.${body}`);
  assert(await crypto.subtle.verify("HMAC", key, octets, signed), "the signature is wrong");
  return Number(time);
}

/** Seconds between requests, by the clock of who has sent them. */
async function pauses(got: readonly Received[]): Promise<number[]> {
  const times = await Promise.all(got.map(checked));
  return times.slice(1).map((time, at) => time - times[at]!);
}

Deno.test("the end of a run is told once, with what it came to, signed", async () => {
  await using receiver = new Receiver();
  await using outbox = new Outbox({
    deliveries: { webhooks: [`${receiver.origin}/hook`], base: "https://vantage.example.org" },
  });
  outbox.start();
  const results = [
    result("192.0.2.1", "ecn.connectivity.works"),
    result("192.0.2.2", "ecn.connectivity.works", "ecn.negotiation.failed"),
  ];
  const ended = outbox.clock.now();
  const measurement = outbox.ended([hook(receiver, SECRET)], results);
  const { state, attempts, status, problem } = await outbox.until("delivered", measurement);
  assertEquals([state, attempts, status, problem], ["delivered", 1, 204, null]);
  assertEquals([outbox.ends, receiver.got.length], [["delivered"], 1]);
  const [got] = receiver.got;
  assertEquals([got!.method, got!.path], ["POST", "/hook"]);
  assertEquals(got!.headers.get("content-type"), "application/json");
  const id = `${measurement.id}.1`;
  assertEquals(got!.headers.get("spider-delivery"), id);
  assertEquals(await checked(got!), Math.floor(outbox.clock.now() / 1000));
  const { started, ...body } = JSON.parse(got!.body);
  assertMatch(started, /^\d{4}-\d\d-\d\dT/);
  const self = `https://vantage.example.org/measurements/${measurement.id}`;
  assertEquals(body, {
    ...{ delivery: id, measurement: measurement.id, name: "spring", spider: "ecn", run: 1 },
    ...{ state: "completed", problem: null },
    targets: { all: 1, done: 1, skipped: 0 },
    results: 2,
    conditions: { "ecn.connectivity.works": 2, "ecn.negotiation.failed": 1 },
    ended: new Date(ended).toISOString(),
    links: { measurement: self, results: `${self}/results?run=1` },
  });
});

Deno.test("what fails is tried again, after twice as long each time, as the same delivery", async () => {
  await using receiver = new Receiver();
  await using outbox = new Outbox(allowing(receiver));
  outbox.start();
  receiver.answer = (count) => new Response(null, { status: count <= 4 ? 500 : 200 });
  const measurement = outbox.ended([hook(receiver, SECRET)]);
  const { attempts, status } = await outbox.until("delivered", measurement);
  assertEquals([attempts, status, receiver.got.length], [5, 200, 5]);
  for (const [at, pause] of (await pauses(receiver.got)).entries()) {
    const most = 10 * 2 ** at;
    // A second more or less: signatures have whole ones
    assert(pause >= most / 2 - 1 && pause <= most + 1, `pause ${at} took ${pause} s`);
  }
  const ids = receiver.got.map(({ headers }) => headers.get("spider-delivery"));
  assertEquals(new Set(ids).size, 1);
  assertEquals(new Set(receiver.got.map(({ body }) => body)).size, 1);
  assertEquals(outbox.ends, [...Array(4).fill("failed"), "delivered"]);
});

Deno.test("who asks to be left alone for some time is, for an hour at most", async () => {
  await using receiver = new Receiver();
  await using outbox = new Outbox(allowing(receiver));
  outbox.start();
  const asked = ["1800", "1000000", "soon"];
  receiver.answer = (count) => {
    const after = asked[count - 1];
    if (after === undefined) return new Response();
    return new Response(null, {
      status: count === 1 ? 429 : 503,
      headers: { "retry-after": after },
    });
  };
  await outbox.until("delivered", outbox.ended([hook(receiver, SECRET)]));
  const [first, second, third] = await pauses(receiver.got);
  assertEquals([first, second], [1800, 3600]);
  assert(third! >= 19 && third! <= 41, `${third}`);
});

Deno.test("after a day it is given up, and goes on when it is asked for again", async () => {
  await using receiver = new Receiver();
  await using outbox = new Outbox(allowing(receiver));
  outbox.start();
  receiver.answer = () => new Response("x".repeat(100_000), { status: 503 });
  const measurement = outbox.ended([hook(receiver, SECRET)]);
  const { attempts, created, tried, next, problem } = await outbox.until("given_up", measurement);
  assertEquals([next, problem], [null, `${new URL(receiver.origin).host} answers 503`]);
  const hours = (tried! - created) / 3_600_000;
  assert(
    hours > 22.5 && hours <= 24 && attempts === receiver.got.length,
    `${attempts} in ${hours}`,
  );
  const longest = Math.max(...await pauses(receiver.got));
  assert(longest > 1800 && longest <= 3600, `${longest}`);

  receiver.answer = (count) => new Response(null, { status: count > attempts + 1 ? 200 : 503 });
  assert(outbox.courier.retry(outbox.delivery(measurement)));
  const again = await outbox.until("delivered", measurement);
  // Attempts go on, and pauses begin anew
  assertEquals([again.attempts, again.problem], [attempts + 2, null]);
  const last = (await pauses(receiver.got)).at(-1)!;
  assert(last >= 4 && last <= 11, `${last}`);
});

Deno.test("an answer that says never is the last one, and no redirection is followed", async () => {
  await using receiver = new Receiver();
  await using other = new Receiver();
  await using outbox = new Outbox({ deliveries: { webhooks: [receiver.origin, other.origin] } });
  outbox.start();
  receiver.answer = () => new Response("gone", { status: 410 });
  const gone = await outbox.until("given_up", outbox.ended([hook(receiver)]));
  assertEquals([gone.status, gone.attempts, gone.next], [410, 1, null]);
  const headers = { location: `${other.origin}/elsewhere` };
  receiver.answer = () => new Response(null, { status: 307, headers });
  const led = await outbox.until("given_up", outbox.ended([hook(receiver)]));
  assertEquals(led.status, 307);
  assertMatch(led.problem!, /answers 307, and what it points to is not followed/);
  assertEquals([receiver.got.length, other.got.length], [2, 0]);
  assertEquals(receiver.got[0]!.headers.has("spider-signature"), false);
  assert(
    outbox.lines.some((line) => /^warning delivery \S+ is given up: \S+ answers 410/.test(line)),
  );
});

Deno.test("nobody there is a reason to try again", async () => {
  const receiver = new Receiver();
  const { origin } = receiver;
  await receiver[Symbol.asyncDispose]();
  await using outbox = new Outbox({ deliveries: { webhooks: [origin] } });
  outbox.start();
  const measurement = outbox.ended([{ webhook: `${origin}/`, secret: null }]);
  const { status, problem, attempts } = await outbox.until("given_up", measurement);
  assertEquals([status, attempts > 20], [null, true]);
  assertMatch(problem!, /^no answer from 127\.0\.0\.1:\d+: .*refused/i);
});
