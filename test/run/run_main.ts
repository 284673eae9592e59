/**
 * Starts a run as a script does, without the command line: `run_main.ts KIND REQUEST`, where the request
 * is JSON. Writes a line of JSON for each event, and for how it ended: `{"outcome": ...}`, or
 * `{"error": message}`. The first octet on standard input ends it in order. Of a measurement, `spider`
 * is the name of one that ships with the program, and `targets` are the lines of its input (of a scan
 * there are `prefixes`); of a ping
 * and a trace, `queries` is `"endless"` for one without an end. `{"underWay": true}` says that it is in
 * the middle.
 */
import {
  fileOutput,
  LocateRun,
  MEASURE_DEFAULTS,
  MeasureRun,
  ObserveRun,
  PingRun,
  planOf,
  PROCESS_STREAMS,
  type Spider,
  TraceRun,
} from "../../src/mod.ts";
import { SCAN_DEFAULTS } from "../../src/run/limits.ts";
import { scanOutput, type ScanSink } from "../../src/run/scanning/output.ts";
import { scanPlanOf } from "../../src/run/scanning/plan.ts";
import { ScanRun } from "../../src/run/scanning/scan_run.ts";

const [kind = "", text = "{}"] = Deno.args;
const request = JSON.parse(
  text,
  (key, value) => key === "queries" && value === "endless" ? Infinity : value,
);

const encoder = new TextEncoder();
const say = (event: unknown) => {
  Deno.stdout.writeSync(encoder.encode(`${JSON.stringify(event)}\n`));
};

const stop = new AbortController();
const input = Deno.stdin.readable.getReader();
input.read().then(({ done }) => {
  if (!done) stop.abort();
});

const missing = (host: string, problem: string) => say({ missing: host, problem });

/** Says `event` as soon as something holds. */
function sayOnce(event: unknown, holds: () => boolean): void {
  const timer = setInterval(() => {
    if (!holds()) return;
    clearInterval(timer);
    say(event);
  }, 5);
}

/** Probes to each target after which a run that probes is well under way. */
const UNDER_WAY = 3;
/** Results after which a scan is. */
const SCANNED = 50;
/** Packets after which an observation is: all that its test sends. */
const PACKETS = 5;

const RUNS: Readonly<Record<string, () => Promise<unknown>>> = {
  async ping() {
    using run = new PingRun(request, {
      sink: ({ target: { name, to }, ping: { times: { sent, received }, refused } }) =>
        say({ name, address: to.text, sent, received, refused: refused?.result ?? null }),
      listener: {
        missing,
        begun(all) {
          say({ begun: all.length });
          sayOnce({ underWay: true }, () => all.every(({ ping }) => ping.times.sent >= UNDER_WAY));
        },
      },
    });
    return told(await run.run(stop.signal));
  },
  async trace() {
    using run = new TraceRun(request, {
      sink: ({ target: { name }, traces }) =>
        say({
          name,
          paths: traces.map(({ hops }) =>
            hops.map(({ responders }) => responders.map(({ address }) => address).join())
          ),
        }),
      listener: {
        missing,
        begun(all) {
          say({ begun: all.length });
          const [first] = all.flatMap(({ traces }) => traces);
          const probed = () => first?.hops[0]?.times.sent ?? 0;
          sayOnce({ underWay: true }, () => probed() >= UNDER_WAY);
        },
      },
    });
    return told(await run.run(stop.signal));
  },
  async locate() {
    const run = new LocateRun(request, {
      sink: ({ target: { name }, found: { problem, arms } }) =>
        say({ name, problem, changes: arms.at(-1)?.changes.map(({ between }) => between) ?? [] }),
      listener: { missing },
    });
    return told(await run.run(stop.signal));
  },
  async observe() {
    using run = new ObserveRun(request, {
      sink: ({ fields }) => {
        say({ fields });
        return {
          records: (lines) => Deno.stdout.writeSync(lines),
          room: () => null,
          end: () => say({ end: true }),
          report: ({ ended, packets }) => say({ report: ended, packets }),
          close: () => say({ closed: true }),
        };
      },
      listener: { ended: ({ ended }) => say({ ended }) },
    });
    say({ device: run.device });
    sayOnce({ underWay: true }, () => run.state.packets >= PACKETS);
    const { ended, flows } = await run.end(await run.observe(stop.signal));
    return { ended, flows, state: run.state };
  },
  async measure() {
    const { spider, targets, files, ...rest } = request;
    const found: Spider = (await import(`../../plugins/spiders/${spider}.ts`)).default;
    const plan = planOf({
      ...MEASURE_DEFAULTS,
      workers: 10,
      timeoutMs: 2000,
      control: false,
      ...rest,
      spider: found,
    });
    const output = files === undefined
      ? { sink: tellingSink, manifest: null, earlier: null }
      : fileOutput(plan, { input: "-", stdout: PROCESS_STREAMS.stdout, asked: {}, ...files });
    using run = new MeasureRun(plan, {
      source: { input: { name: "the list", stream: streamOf(targets), size: null }, csv: false },
      output,
      listener: {
        restored: (restored) => say({ restored }),
        warned: (warned) => say({ warned }),
        skipped: (skipped, problem) => say({ skipped, problem }),
        withoutJobs: (withoutJobs, problem) => say({ withoutJobs, problem }),
        resultsWait: () => say({ resultsWait: true }),
      },
    });
    const failure = await run.measure(stop.signal);
    run.end(stop.signal.aborted, failure);
    const { done, started } = run.tally;
    return { done, started, blind: run.blind };
  },
  async scan() {
    const { spider, files, ...rest } = request;
    const found: Spider = (await import(`../../plugins/spiders/${spider}.ts`)).default;
    const plan = await scanPlanOf({
      ...SCAN_DEFAULTS,
      defaultBlocklist: false,
      cooldownMs: 1000,
      ...rest,
      spider: found,
    });
    const output = files === undefined
      ? { sink: tellingSink, manifest: null, earlier: null, spool: null }
      : scanOutput(plan, { input: "", stdout: PROCESS_STREAMS.stdout, asked: {}, ...files });
    using run = await ScanRun.open(plan, {
      output,
      listener: {
        restored: (restored) => say({ restored }),
        warned: (warned) => say({ warned }),
        skipped: (skipped, problem) => say({ skipped, problem }),
        sent: (cooldown) => say({ sent: cooldown }),
        resultsWait: () => say({ resultsWait: true }),
      },
    });
    sayOnce({ underWay: true }, () => run.state.results >= SCANNED);
    const failure = await run.scan(stop.signal);
    run.end(stop.signal.aborted, failure);
    return { ...run.state, conditions: Object.fromEntries(run.state.conditions) };
  },
};

/** A sink that says each result as it comes. */
function tellingSink(): ScanSink {
  let written = 0;
  return {
    write(result) {
      written++;
      say({ result });
    },
    flush: () => {},
    room: () => null,
    close: () => Promise.resolve(),
    get written() {
      return written;
    },
    waiting: 0,
  };
}

/** Lines of targets; without an end when the last one is `...`, as of somebody who goes on typing. */
function streamOf(targets: readonly string[]): ReadableStream<Uint8Array> {
  const open = targets.at(-1) === "...";
  const lines = open ? targets.slice(0, -1) : targets;
  return new ReadableStream({
    start(controller) {
      controller.enqueue(encoder.encode(lines.map((line) => `${line}\n`).join("")));
      if (!open) controller.close();
    },
  });
}

/** An outcome as JSON holds it. */
function told<T extends { readonly failure: unknown }>(outcome: T): unknown {
  const { failure } = outcome;
  return { ...outcome, failure: failure instanceof Error ? failure.message : failure };
}

try {
  say({ outcome: await RUNS[kind]!() });
} catch (error) {
  say({ error: error instanceof Error ? error.message : String(error) });
}
Deno.exit();
