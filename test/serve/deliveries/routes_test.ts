import { assert, assertEquals, assertMatch } from "@std/assert";
import type { Destination } from "../../../src/serve/deliveries/destination.ts";
import { Folder } from "../../data/temporary.ts";
import { StateDirectory } from "../../host/state_directory.ts";
import { rootTest } from "../../lab/root.ts";
import { TargetLab } from "../../lab/target_lab.ts";
import { until } from "../../until.ts";
import { FastClock } from "../fast_clock.ts";
import { serverIn } from "../lab_server.ts";
import { type Changes, RunningServer } from "../running_server.ts";
import { Outbox } from "./outbox.ts";
import { Receiver } from "./receiver.ts";

const SECRET = "not to be shown to anybody";
const TOKEN = "t0ken-of-an-observatory";

const configuration = ({ origin }: Receiver): Changes => ({
  deliveries: { webhooks: [`${origin}/hooks/`] },
  observatories: {
    pto: { url: origin, token: TOKEN, campaign: "spring", owner: "me@example.org", metadata: {} },
  },
});

const LATER = {
  ...{ spider: "mss", targets: ["192.0.2.1"] },
  schedule: { start: "2999-01-01T00:00:00Z" },
};

const json = ({ text }: { readonly text: string }) => JSON.parse(text);

/** A server with a measurement that has ended, whose end is told to some destinations. */
async function withEnded(
  folder: Folder,
  changes: Changes,
  deliver: readonly Destination[],
): Promise<[RunningServer, string]> {
  await using outbox = new Outbox({}, folder);
  const { id } = outbox.ended(deliver);
  return [new RunningServer(changes, { clock: new FastClock() }, folder), id];
}

Deno.test("destinations are refused that the configuration does not have, and such as are none", async () => {
  await using receiver = new Receiver();
  await using running = new RunningServer(configuration(receiver));
  await using closed = new RunningServer();
  const { origin } = receiver;
  const other = origin.replace(/\d$/, (digit) => String((Number(digit) + 1) % 10));
  const faultsOf = async (deliver: unknown, server = running) => {
    const answer = await server.ask("/measurements", {
      ...{ method: "POST", json: { ...LATER, deliver } },
    });
    return answer.status === 202
      ? []
      : json(answer).errors.map(({ at, detail }: Record<string, string>) => `${at} ${detail}`);
  };
  const hook = (webhook: string) => faultsOf([{ webhook }]);
  assertEquals(await hook(`${origin}/hooks/a?b=c`), []);
  assertEquals(await hook(`${origin}/hooks`), []);
  const refused = "/deliver/0/webhook this server calls no webhook there: " +
    "see deliveries.webhooks of its configuration";
  for (
    const url of [
      `${other}/hooks/a`,
      `${origin}/`,
      `${origin}/hooksmore`,
      `${origin}/hooks/../admin`,
      `${origin}/hooks/%2e%2e/admin`,
      `${origin}/hooks/..%2fadmin`,
      `${origin}/hooks/..;/admin`,
      `${origin}/hooks\\..\\..\\admin`,
      "http://169.254.169.254/latest/meta-data",
      "http://[::1]/hooks/",
    ]
  ) assertEquals(await hook(url), [refused], url);
  for (
    const url of ["file:///etc/passwd", `http://me:pass@${new URL(origin).host}/hooks/`, "here"]
  ) {
    assertEquals(await hook(url), [
      "/deliver/0/webhook must be a URL of http or https, without a user",
    ], url);
  }
  assertEquals(await faultsOf([{ observatory: "other" }]), [
    "/deliver/0/observatory this server knows no observatory other: see observatories of its configuration",
  ]);
  assertEquals(await faultsOf([{ observatory: "pto" }]), []);
  const cases: [unknown, RegExp][] = [
    [[{}], /^\/deliver\/0 must be an object with webhook or observatory/],
    [[{ observatory: "pto", secret: SECRET }], /^\/deliver\/0 must be without a secret/],
    [
      [{ webhook: `${origin}/hooks/`, secret: "short" }],
      /^\/deliver\/0\/secret must be at least 16/,
    ],
    [Array(6).fill({ observatory: "pto" }), /^\/deliver must be at most 5 destinations/],
    [{ webhook: origin }, /^\/deliver must be a list of destinations/],
    [[{ webhook: `${origin}/hooks/`, to: "x" }], /^\/deliver\/0\/to is not known/],
  ];
  for (const [deliver, expected] of cases) {
    assertMatch((await faultsOf(deliver)).join(), expected);
  }
  assertMatch(
    (await faultsOf([{ webhook: `${origin}/hooks/` }], closed)).join(),
    /^\/deliver\/0\/webhook this server calls no webhooks: see deliveries\.webhooks/,
  );
  assertEquals(receiver.got, []);
});

Deno.test("what becomes of a delivery is shown, and neither secret nor token anywhere", async () => {
  await using receiver = new Receiver();
  using folder = new Folder();
  receiver.answer = () => new Response(`${SECRET} ${TOKEN}`, { status: 410 });
  const webhook = `${receiver.origin}/hooks/a`;
  const deliver = [{ webhook, secret: SECRET }, { observatory: "pto" }];
  const [server, id] = await withEnded(folder, configuration(receiver), deliver);
  await using running = server;
  const all = `/measurements/${id}/deliveries`;
  const shown = async () => json(await running.ask(all)).deliveries;
  await until("both are given up", async () => {
    return (await shown()).every(({ state }: { state: string }) => state === "given_up");
  });
  const [second, first] = await shown();
  const { created, last, ...rest } = first;
  assertEquals(rest, {
    ...{ number: 1, id: `${id}.1`, run: 1, webhook, signed: true, state: "given_up" },
    ...{ attempts: 1, next: null },
    links: {
      self: `${all}/1`,
      measurement: `/measurements/${id}`,
      retry: `${all}/1/retry`,
    },
  });
  assertEquals([created, last], [
    "2026-11-30T12:00:00.000Z",
    {
      time: "2026-11-30T12:00:00.000Z",
      status: 410,
      problem: `${new URL(receiver.origin).host} answers 410`,
    },
  ]);
  assertEquals([second.number, second.observatory, second.state], [2, "pto", "given_up"]);
  assertEquals(json(await running.ask(`${all}/1`)), first);

  const page = await running.ask(`${all}?limit=1`);
  assertEquals(json(page).deliveries, [second]);
  const [, next] = /^<(.*)>; rel="next"$/.exec(page.headers.get("link") ?? "")!;
  assertEquals(json(await running.ask(next!)).deliveries, [first]);

  const measurement = json(await running.ask(`/measurements/${id}`));
  assertEquals(measurement.deliver, [{ webhook, signed: true }, { observatory: "pto" }]);
  assertEquals(measurement.links.deliveries, all);
  const posted = await running.ask("/measurements", {
    ...{ method: "POST", json: { ...LATER, deliver: [{ webhook, secret: SECRET }] } },
  });
  assertEquals([posted.status, json(posted).deliver], [202, [{ webhook, signed: true }]]);
  const answers = [posted];
  for (const path of [all, "/measurements", "/schedule", "/status", "/metrics"]) {
    answers.push(await running.ask(path));
  }
  const texts = [...answers.map(({ text }) => text), ...running.lines];
  for (const text of texts) assert(!text.includes(SECRET) && !text.includes(TOKEN), text);
  const mode = Deno.statSync(running.database).mode! & 0o777;
  assertEquals(mode, 0o600, "others can read the secrets");
  assertMatch(answers.at(-1)!.text, /\nspider_delivery_attempts_total\{outcome="hopeless"\} 2\n/);
});

Deno.test("a delivery is tried again by who may measure, and seen by whose measurement it is", async () => {
  await using receiver = new Receiver();
  using folder = new Folder();
  receiver.answer = (count) => new Response(null, { status: count === 1 ? 400 : 200 });
  const [server, id] = await withEnded(folder, configuration(receiver), [
    { webhook: `${receiver.origin}/hooks/`, secret: null },
  ]);
  await using running = server;
  const path = `/measurements/${id}/deliveries/1`;
  const state = async (key?: string) =>
    json(await running.ask(path, key === undefined ? {} : { key })).state;
  await until("it is given up", async () => await state() === "given_up");
  assertEquals((await running.ask(`/measurements/${id}/deliveries/2`)).status, 404);
  assertEquals((await running.ask(`/measurements/${id}/deliveries/1e0`)).status, 404);
  const [admin, other] = [running.key({ scopes: ["admin"] }), running.key()];
  assertEquals((await running.ask(`/measurements/${id}/deliveries`, { key: other })).status, 404);
  const retry = (key: string) => running.ask(`${path}/retry`, { method: "POST", key });
  assertEquals((await retry(other)).status, 404);
  const again = await retry(admin);
  assertEquals([again.status, json(again).state, json(again).attempts], [202, "waiting", 1]);
  await until("it is delivered", async () => await state(admin) === "delivered");
  assertEquals(receiver.got.length, 2);
});

rootTest("each run of a measurement is told, with what it came to", async () => {
  await using lab = await TargetLab.open();
  await using receiver = new Receiver();
  using _state = new StateDirectory();
  await using running = serverIn(lab, configuration(receiver), undefined, {
    clock: new FastClock(),
  });
  const posted = await running.ask("/measurements", {
    method: "POST",
    json: {
      spider: "mss",
      targets: lab.addresses("transparent", 4, 2),
      schedule: { interval: 3600, stop: "2026-11-30T13:30:00Z" },
      deliver: [{ webhook: `${receiver.origin}/hooks/`, secret: SECRET }],
    },
  });
  const { id } = json(posted);
  await receiver.received(2);
  for (const [at, { body }] of receiver.got.entries()) {
    const { run, state, results, targets, conditions } = JSON.parse(body);
    assertEquals([run, state, results, targets], [
      ...[at + 1, "completed", 2],
      { all: 2, done: 2, skipped: 0 },
    ]);
    assertEquals(conditions["mss.connectivity.online"], 2);
  }
  await until("both are noted", async () => {
    const { deliveries } = json(await running.ask(`/measurements/${id}/deliveries`));
    return deliveries.length === 2 &&
      deliveries.every(({ state }: { state: string }) => state === "delivered");
  });
  await until("it has ended", async () => {
    return json(await running.ask(`/measurements/${id}`)).state === "completed";
  });
  assertEquals((await running.ask(`/measurements/${id}`, { method: "DELETE" })).status, 204);
  assertEquals((await running.ask(`/measurements/${id}/deliveries`)).status, 404);
});
