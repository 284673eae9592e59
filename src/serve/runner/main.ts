import { Failure } from "../../host/failure.ts";
import { counted } from "../../host/quantity.ts";
import type { Streams } from "../../host/streams.ts";
import { UsageError } from "../../host/usage_error.ts";
import { loadSpider, withOptions } from "../../plugin/spiders.ts";
import { readValues } from "../../plugin/schema/option.ts";
import { type PluginSettings, USUAL } from "../../plugin/settings.ts";
import { ReaderGone } from "../../result/reader_gone.ts";
import { ResultWriter } from "../../result/ndjson.ts";
import { MEASURE_DEFAULTS } from "../../run/limits.ts";
import { MeasureRun, type RunListener } from "../../run/measure_run.ts";
import { type Plan, planOf } from "../../run/plan.ts";
import { RequestError } from "../../run/request_error.ts";
import type { BatchEnd, BatchMessage, BatchOrder } from "./batch.ts";

/** How often is told how far it is, in milliseconds. */
const EVERY = 250;
const LINE_FEED = 10;

/** Measures the batch that standard input orders, and tells of it on standard output. */
export async function runBatch({ stdin, stdout }: Streams): Promise<void> {
  const writer = ResultWriter.open(stdout);
  const tell = (message: BatchMessage) => writer.write(message);
  const stop = new AbortController();
  // The server ends it so; a terminal's Ctrl-C is for the server alone, since this is a session of its own
  Deno.addSignalListener("SIGINT", () => stop.abort());
  Deno.addSignalListener("SIGTERM", () => stop.abort());
  try {
    const { line, rest } = await firstLine(stdin.readable);
    const ended = await measured(JSON.parse(line), rest, tell, writer, stop);
    tell({ ended });
    await writer.close();
  } catch (error) {
    // Without its server there is nobody to measure for
    if (!(error instanceof ReaderGone)) throw error;
  }
}

async function measured(
  order: BatchOrder,
  targets: ReadableStream<Uint8Array>,
  tell: (message: BatchMessage) => void,
  writer: ResultWriter,
  stop: AbortController,
): Promise<BatchEnd> {
  const nothing = { taken: 0, skipped: 0, without_jobs: 0, given_up: 0 };
  let plan: Plan;
  try {
    plan = await planned(order);
  } catch (error) {
    const isAsked = error instanceof RequestError || error instanceof UsageError;
    if (!isAsked && !(error instanceof Failure)) throw error;
    return { ...nothing, problem: error.message, hopeless: true };
  }
  const listener: RunListener = {
    restored: (said) => tell({ said, level: "info" }),
    warned: (said) => tell({ said, level: "warning" }),
    skipped: (line, problem) => tell({ skipped: line, problem }),
    withoutJobs: (line, problem) => tell({ without_jobs: line, problem }),
    resultsWait: () => {},
  };
  const sink = {
    write: (result: unknown) => tell({ result: result as Record<string, unknown> }),
    room: (signal: AbortSignal) => writer.room(signal),
    // Its last line comes after the results
    close: () => Promise.resolve(),
    get written() {
      return writer.written;
    },
    get waiting() {
      return writer.waiting;
    },
  };
  try {
    using run = new MeasureRun(plan, {
      source: { input: { name: "the targets", stream: targets, size: null }, csv: false },
      output: { sink: () => sink, manifest: null, earlier: null },
      listener,
    });
    const tellState = () => {
      const { done, unobserved, drops } = run.state;
      tell({ done, unobserved, drops });
    };
    const timer = setInterval(() => {
      try {
        tellState();
      } catch {
        stop.abort(); // The server is gone, as its next result will find too
      }
    }, EVERY);
    const failure = await run.measure(stop.signal);
    clearInterval(timer);
    tellState();
    const { tally, reading, state: { drops } } = run;
    const warn = (said: string) => tell({ said, level: "warning" });
    for (const [reason, arms] of tally.missed) {
      warn(`${counted(arms, "arm")} not observed: ${reason}`);
    }
    if (drops > 0) {
      warn(`the kernel dropped ${counted(drops, "packet")}; try fewer workers or a rate`);
    }
    const skipped = reading.skipped.count;
    const ended = {
      taken: tally.started + skipped,
      skipped,
      without_jobs: run.withoutJobs.count,
      given_up: tally.started - tally.done,
    };
    if (failure === null && run.blind) {
      const problem = "not one connection was observed: see spider doctor on this host";
      return { ...ended, problem, hopeless: true };
    }
    if (failure === null) return { ...ended, problem: null, hopeless: false };
    if (!(failure instanceof Failure)) throw failure;
    return { ...ended, problem: failure.message, hopeless: true };
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return { ...nothing, problem: error.message, hopeless: true };
  }
}

/**
 * What is ordered, checked against this host.
 *
 * @throws {Failure} when this host cannot do it
 * @throws {RequestError} when it contradicts itself
 */
async function planned({ request, interfaces, folders }: BatchOrder): Promise<Plan> {
  const settings: PluginSettings = { ...USUAL, folders, offline: true };
  const found = await loadSpider(request.spider, settings);
  if (found === undefined) throw new Failure(`there is no spider ${request.spider}`);
  const spiderOptions = readValues(found.options ?? {}, request.options);
  return planOf({
    ...MEASURE_DEFAULTS,
    spider: await withOptions(found, spiderOptions, settings),
    spiderOptions,
    connect: request.connect,
    interfaces,
    workers: request.workers ?? MEASURE_DEFAULTS.workers,
    rate: request.rate,
    timeoutMs: request.timeout * 1000,
    seed: request.seed,
    repeat: request.repeat,
    isolate: request.isolate,
    locate: request.locate,
    outputFlows: request.output_flows,
    results: request.results,
  });
}

/** The first line of a stream, and what comes after it. */
async function firstLine(
  stream: ReadableStream<Uint8Array>,
): Promise<{ readonly line: string; readonly rest: ReadableStream<Uint8Array> }> {
  const reader = stream.getReader();
  let octets = new Uint8Array();
  for (;;) {
    const end = octets.indexOf(LINE_FEED);
    if (end >= 0) {
      const first = octets.subarray(end + 1);
      const rest = new ReadableStream<Uint8Array>({
        start: (controller) => {
          if (first.length > 0) controller.enqueue(first);
        },
        async pull(controller) {
          const { done, value } = await reader.read();
          if (done) controller.close();
          else controller.enqueue(value);
        },
        cancel: (reason) => reader.cancel(reason),
      });
      return { line: new TextDecoder().decode(octets.subarray(0, end)), rest };
    }
    const { done, value } = await reader.read();
    if (done) throw new Failure("the order of a batch broke off");
    const longer = new Uint8Array(octets.length + value.length);
    longer.set(octets);
    longer.set(value, octets.length);
    octets = longer;
  }
}
