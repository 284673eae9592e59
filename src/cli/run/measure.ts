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

/** Runs `spider measure`. */
export async function run(invocation: MeasureInvocation): Promise<number> {
  const { options, spiderOptions } = invocation;
  const spider = invocation.spider!;
  checkOpenFiles(options.workers * armsOf(spider, spiderOptions).length);
  const watches = spider.observe !== false;
  const name = options.interface ?? (watches ? defaultInterface() : null);
  const device = name === null ? null : interfaceNamed(name);
  const input = await openInput(options.input);
  if (options.input === STANDARD && Deno.stdin.isTerminal()) {
    tell("Reading targets from the terminal, one a line; end them with Ctrl-D.");
  }
  // What watches nothing needs no rights, and where there are none, nothing can be put back
  if (watches || Deno.uid() === 0) restore().forEach(tell);

  using journal = watches ? Journal.open() : Journal.whenNeeded();
  using interruption = new Interruption(() => journal.close(), () => {
    const { started, done } = engine.tally;
    progress.say(
      `Finishing ${counted(started - done, "target")} in flight; another Ctrl-C ends at once.`,
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
    outputFlows: options["output-flows"],
  });
  const writer = ResultWriter.open(options.output, [options.input]);

  const started = performance.now();
  const seconds = () => (performance.now() - started) / 1000;
  const position = new Position();
  const skipped = new Skipped();
  const barren = new Skipped();
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
    `${spider.name} over ${options.connect ?? spider.connect[0]} on ${device?.name ?? "any"}, ` +
      `${options.workers} targets at once`,
  );
  let ended = false;
  try {
    await engine.run({
      jobs: (signal) =>
        readJobs(input.stream, {
          csv: options["csv-input"],
          needs: spider.needs ?? "address",
          name: input.name,
          position,
          signal,
        }),
      result: (result) => writer.write(result),
      problem: (line, problem) => {
        skipped.add({ line, problem });
        say(`line ${line}: ${problem}`);
      },
      barren: (line, { domain, dip }, conditions) => {
        const problem = `${domain ?? dip}: ${conditions.join(", ")}`;
        barren.add({ line, problem });
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
            barren,
            unobserved: engine.tally.unobserved,
            drops: engine.captureCounts().dropped,
            seconds: seconds(),
            conditions: engine.tally.conditions,
            interrupted: interruption.signal.aborted,
          }).trimEnd(),
        );
      }
    }
  }
  return interruption.signal.aborted ? INTERRUPTED : 0;
}
