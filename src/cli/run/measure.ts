import { connectionTypes } from "../../connect/registry.ts";
import { defaultInterface, interfaceNamed } from "../../host/interface.ts";
import { Journal } from "../../host/journal.ts";
import { checkOpenFiles } from "../../host/limits.ts";
import { Reactor } from "../../host/reactor.ts";
import { restore } from "../../host/restore.ts";
import { STANDARD } from "../../host/standard.ts";
import { armsOf } from "../../measure/arms.ts";
import { Engine } from "../../measure/engine.ts";
import { ResultWriter } from "../../result/ndjson.ts";
import { openInput } from "../../target/input.ts";
import { Position } from "../../target/position.ts";
import { readJobs } from "../../target/read.ts";
import { Skipped } from "../../target/skipped.ts";
import { INTERRUPTED, Interruption } from "../interruption.ts";
import type { MeasureInvocation } from "../measure.ts";
import { Progress, progressLine } from "../progress.ts";
import { counted } from "../quantity.ts";
import { summaryText } from "../summary.ts";
import { tell } from "../tell.ts";
import { UsageError } from "../usage.ts";

/** Runs `spider measure`. */
export async function run(invocation: MeasureInvocation): Promise<number> {
  const { options, spiderOptions } = invocation;
  const spider = invocation.spider!;
  if (options.repeat > 1 && spider.jobs !== undefined) {
    throw new UsageError(
      `${spider.name} yields targets, not results to compare: leave out --repeat`,
    );
  }
  checkOpenFiles(options.workers * armsOf(spider, spiderOptions).length);
  const device = interfaceNamed(options.interface ?? defaultInterface());
  const input = await openInput(options.input);
  if (options.input === STANDARD && Deno.stdin.isTerminal()) {
    tell("Reading targets from the terminal, one a line; end them with Ctrl-D.");
  }
  restore().forEach(tell);

  using journal = Journal.open();
  using interruption = new Interruption(() => {
    engine.leaveAtOnce();
    journal.close();
  }, () => {
    const { started, done } = engine.tally;
    progress.say(
      `${engine.givesUp ? "Giving up" : "Finishing"} ${counted(started - done, "target")} in ` +
        "flight; another Ctrl-C ends at once.",
    );
  });
  using reactor = new Reactor();
  using engine = new Engine(reactor, {
    spider,
    spiderOptions,
    connect: connectionTypes.get(options.connect ?? spider.connect[0])!,
    device,
    journal,
    workers: options.workers,
    rate: options.rate,
    timeoutMs: options.timeout * 1000,
    repeat: options.repeat,
    isolate: options.isolate,
    outputFlows: options["output-flows"],
  });
  const writer = ResultWriter.open(options.output, [options.input]);

  const started = performance.now();
  const seconds = () => (performance.now() - started) / 1000;
  const position = new Position();
  const skipped = new Skipped();
  const progress = new Progress(() =>
    progressLine({
      done: engine.tally.done + skipped.count,
      total: position.total(input.size),
      seconds: seconds(),
      unobserved: engine.tally.unobserved,
      drops: engine.captureCounts().dropped,
    })
  );
  const say = options.verbose ? (text: string) => progress.say(text) : () => {};
  say(
    `${spider.name} over ${options.connect ?? spider.connect[0]} on ${device.name}, ` +
      `${options.workers} targets at once`,
  );
  let ended = false;
  try {
    await engine.run({
      jobs: (signal) =>
        readJobs(input.stream, { csv: options["csv-input"], name: input.name, position, signal }),
      result: (result) => writer.write(result),
      problem: (line, problem) => {
        skipped.add({ line, problem });
        say(`line ${line}: ${problem}`);
      },
    }, interruption.signal);
    ended = true;
  } finally {
    progress.stop();
    try {
      writer.close();
    } finally {
      if (ended || engine.tally.started + skipped.count > 0) {
        tell(
          summaryText({
            done: engine.tally.done,
            skipped,
            unobserved: engine.tally.unobserved,
            drops: engine.captureCounts().dropped,
            seconds: seconds(),
            conditions: engine.tally.conditions,
            agreement: engine.tally.agreement,
            givenUp: engine.tally.givenUp,
            interrupted: interruption.signal.aborted,
          }).trimEnd(),
        );
      }
    }
  }
  return interruption.signal.aborted ? INTERRUPTED : 0;
}
