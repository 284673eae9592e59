import { assert, assertEquals, assertMatch } from "@std/assert";
import type { ExperimentEvent } from "../../../../src/contract/experiment_event.ts";
import type { Observer } from "../../../../src/contract/observer.ts";
import { EventBus } from "../../../../src/lab/experiment/run/events.ts";
import { Observing } from "../../../../src/lab/experiment/run/observers.ts";
import { Folder } from "../../../data/temporary.ts";
import { outcome, start } from "../../../spider.ts";
import { assertCompleted, run } from "../experiments.ts";

/** An observer that does what a test says. */
function observer(name: string, does: Pick<Observer, "event"> & Partial<Observer>): Observer {
  return { kind: "observer", name, version: "1.0.0", api: "^1", summary: "of a test", ...does };
}

/** Some observers of a bus, and what is told of them. */
function observed(...observers: readonly Observer[]) {
  const bus = new EventBus();
  const told: string[] = [];
  const planned = observers.map((observer) => ({ observer, options: { of: observer.name } }));
  const observing = new Observing(planned, bus, (sentence) => told.push(sentence));
  const metric = (value: number) => bus.emit("metric.value", { name: "m", value }, { test: "t" });
  return { bus, told, observing, metric };
}

const numberOf = (event: ExperimentEvent) => event.type === "metric.value" ? event.value : null;
const never = new Promise<void>(() => {});

Deno.test("events come in order, each when the last call is settled, and then the end", async () => {
  const calls: string[] = [];
  const { metric, observing } = observed(observer("slow", {
    async begin({ options }) {
      await new Promise((resolve) => setTimeout(resolve, 5));
      calls.push(`begin ${options.of}`);
    },
    async event(event) {
      calls.push(`event ${numberOf(event)}`);
      await new Promise((resolve) => setTimeout(resolve, 5));
      calls.push(`told ${numberOf(event)}`);
    },
    async close() {
      await Promise.resolve();
      calls.push("close");
    },
  }));
  metric(1);
  metric(2);
  assertEquals(calls, []);
  await new Promise((resolve) => setTimeout(resolve, 30));
  metric(3);
  await observing.end();
  metric(4);
  const told = [1, 2, 3].flatMap((value) => [`event ${value}`, `told ${value}`]);
  assertEquals(calls, ["begin slow", ...told, "close"]);
});

Deno.test("an observer gets the types that it asks for, and a copy of each event", async () => {
  const types: Record<string, string[]> = { some: [], all: [] };
  const { bus, told, observing } = observed(
    observer("some", {
      observes: ["step.began", "service.starting"],
      event(event, { print }) {
        types.some!.push(event.type);
        if (event.type !== "service.starting") return;
        (event.command as string[]).push("more");
        print(`${event.service}\x1b[2J: ${event.command.join(" ")}`);
      },
    }),
    observer("all", { event: ({ type }) => void types.all!.push(type) }),
  );
  const command = ["nginx"];
  bus.emit("step.began", { step: "start" });
  bus.emit("service.starting", { command }, { service: "web" });
  bus.emit("step.ended", { step: "start", seconds: 1, problem: null });
  await observing.end();
  assertEquals(types, {
    some: ["step.began", "service.starting"],
    all: ["step.began", "service.starting", "step.ended"],
  });
  assertEquals([command, told], [["nginx"], ["web?[2J: nginx more"]]);
});

Deno.test("an observer that throws is told of once, and gets nothing more; others go on", async () => {
  const calls: string[] = [];
  const note = (name: string) => (event: ExperimentEvent) => {
    calls.push(`${name} ${numberOf(event)}`);
  };
  const { metric, told, observing } = observed(
    observer("thrower", {
      event(event) {
        note("thrower")(event);
        throw new TypeError("at once\x1b[2J");
      },
      close() {
        calls.push("thrower closes");
        throw new Error("again");
      },
    }),
    observer("rejecter", {
      async event(event) {
        await Promise.resolve();
        note("rejecter")(event);
        if (numberOf(event) === 2) throw "later";
      },
    }),
    observer("beginner", {
      begin: () => Promise.reject(new Error("at first")),
      event: note("beginner"),
      close: () => void calls.push("beginner closes"),
    }),
    observer("right", { event: note("right"), close: () => void calls.push("right closes") }),
  );
  for (const value of [1, 2, 3]) metric(value);
  await observing.end();
  const of = (name: string) => calls.filter((call) => call.startsWith(name));
  assertEquals(of("thrower"), ["thrower 1", "thrower closes"]);
  assertEquals(of("rejecter"), ["rejecter 1", "rejecter 2"]);
  assertEquals(of("beginner"), []);
  assertEquals(of("right"), ["right 1", "right 2", "right 3", "right closes"]);
  assertEquals(told.length, 3, told.join("\n"));
  const said = told.join("\n");
  assertMatch(
    said,
    /without thrower: the observer thrower failed in event: TypeError: at once\?\[2J\n/,
  );
  assertMatch(said, /without rejecter: the observer rejecter failed in event: later/);
  assertMatch(said, /without beginner: the observer beginner failed in begin: Error: at first/);
});

Deno.test("an observer that never settles is left after 5 s, and says nothing later", async () => {
  let wakes = () => {};
  const waits = new Promise<void>((resolve) => wakes = resolve);
  const closed: string[] = [];
  const { metric, told, observing } = observed(
    observer("hanging", {
      async event(_event, { print }) {
        await waits;
        print("too late");
        throw new Error("too late");
      },
      close: () => void closed.push("hanging"),
    }),
    observer("staying", { event() {}, close: () => never }),
    observer("right", { event() {}, close: () => void closed.push("right") }),
  );
  for (const value of [1, 2, 3]) metric(value);
  const began = performance.now();
  await observing.end();
  const took = performance.now() - began;
  assert(took > 4900 && took < 30_000, `${took} ms`);
  const left = [
    "The observer hanging is not done 5 s after the last event: nobody waits for it.",
    "The observer hanging was too slow: events that did not reach it: 2.",
    "The observer staying is not done 5 s after the last event: nobody waits for it.",
  ];
  assertEquals([told, closed], [left, ["right"]]);
  wakes();
  await new Promise((resolve) => setTimeout(resolve, 10));
  assertEquals(told, left);
});

Deno.test("of a flood 10,000 events wait, and what was left out is reported once", async () => {
  const got: (number | null)[] = [];
  const { metric, told, observing } = observed(
    observer("flooded", {
      async event(event) {
        got.push(numberOf(event));
        await Promise.resolve();
      },
    }),
  );
  for (let value = 0; value < 25_000; value++) metric(value);
  await new Promise((resolve) => setTimeout(resolve, 100));
  metric(-1);
  await observing.end();
  assertEquals([got.length, got[0], got.at(-2), got.at(-1)], [10_001, 0, 9999, -1]);
  assertEquals(told, ["The observer flooded was too slow: events that did not reach it: 15000."]);
});

/** An experiment that needs no root, with observers. */
const experiment = (observers: string) =>
  `name: x
observers: [${observers}]
tests:
  - name: t
    network_environment: simulated
    services:
      web: { implementation: nginx, protocol: { name: http, version: "1.1" } }
      ecn: { implementation: ecn, protocol: { name: http, target: web } }
    matrix: { middlebox: [transparent, ecn-clear] }
    expect:
      - must: [ecn.connectivity.works]
      - when: { middlebox: MISSED }
        must: [ecn.ipmark.ect0.seen]
`;

Deno.test("tap tells of a run, and its version is in the report", async () => {
  using folder = new Folder();
  const { code, err, report } = await run(
    folder,
    experiment("tap").replace("MISSED", "ecn-clear"),
  );
  assertEquals(code, 1);
  assertEquals(err.trimEnd().split("\n"), [
    "TAP version 14",
    "1..2",
    "ok 1 - t[middlebox=transparent]",
    "not ok 2 - t[middlebox=ecn-clear]",
    "  ---",
    "  state: failed",
    "  missed:",
    '    - expectation: "must ecn.ipmark.ect0.seen"',
    "      missed: 1",
    "      of: 1",
    "  ...",
  ]);
  assertEquals(report.versions["observer tap"], "1.0.0");
});

Deno.test("an observer is closed behind the last event of a run that was interrupted", async () => {
  using folder = new Folder();
  const put = (name: string, text: string) => folder.put(name, new TextEncoder().encode(text));
  put(
    "mine.ts",
    `export default { kind: "observer", name: "mine", version: "1.0.0", api: "^1", summary: "x",
  event({ type, step }) {
    this.last = type;
    if (step === "sleep") Deno.kill(Deno.pid, "SIGINT");
  },
  close({ print }) { print(\`closed behind \${this.last}\`); } };\n`,
  );
  const steps = "    steps: [{ sleep: 60s }]\n    matrix:";
  const text = experiment("./mine.ts, tap").replace("MISSED", "ecn-clear");
  const file = put("experiment.yaml", text.replace("    matrix:", steps));
  const child = start(["experiment", "run", "-o", folder.at("results"), file]);
  await child.stdin.close();
  const { code, err } = await outcome(child);
  assertEquals(code, 130, err);
  assertMatch(err, /^closed behind experiment\.ended$/m);
  assertMatch(err, /^not ok 2 - .*\n {2}---\n {2}state: error\n {2}\.\.\.$/m);
});

Deno.test("neither an observer that throws nor one that hangs changes what a run comes to", async () => {
  using folder = new Folder();
  const put = (name: string, event: string) =>
    folder.put(
      `${name}.ts`,
      new TextEncoder().encode(
        `export default { kind: "observer", name: "${name}", version: "1.0.0", api: "^1",
  summary: "of a test", event(event) { ${event} } };\n`,
      ),
    );
  put("throwing", 'event.state = "failed"; throw new Error("why");');
  put("hanging", "return new Promise((resolve) => setTimeout(resolve, 60_000));");
  const ended = await run(
    folder,
    experiment("./throwing.ts, ./hanging.ts, tap").replace("MISSED", "transparent"),
  );
  assertCompleted(ended);
  assertEquals(ended.code, 0);
  assertMatch(ended.err, /^The run goes on without throwing: .* failed in event: Error: why\n/m);
  assertMatch(ended.err, /^The observer hanging is not done 5 s after the last event/m);
  assertMatch(ended.err, /^ok 2 - /m);
});
