import type { PlacedCommand } from "../../../contract/environment.ts";
import type { ServiceContext } from "../../../contract/service.ts";
import { outcomeOf } from "../../../plugin/outcome_of.ts";
import { writing } from "../../../host/writing.ts";
import { ConcurrencyLimit } from "../../../target/concurrency_limit.ts";
import { asked, putFiles } from "../../service/running.ts";
import type { PlannedTester } from "../plan/experiment_plan.ts";
import { commandLine } from "../result/log_level.ts";
import { runCommand } from "./command.ts";
import type { TesterResult } from "./expectations.ts";
import { filesIn } from "./kept_files.ts";
import { AT_ONCE, type TesterOutcome, type TesterTarget } from "./tester.ts";

/** How a program that tests is run. */
export interface ServiceTesterRun {
  /** A folder of its own, with one for each address. */
  readonly folder: string;
  readonly certificate: string;
  readonly key: string;
  readonly peers: ServiceContext["peers"];
  /** Puts a command line onto the host of the tester, for one of its folders. */
  readonly place: (words: readonly string[], folder: string) => PlacedCommand;
  readonly signal: AbortSignal;
  /** Milliseconds that all addresses together may take. */
  readonly timeout: number;
}

type ServiceTester = PlannedTester & { readonly runs: { readonly kind: "service" } };

/** Runs a tester against each address, to its end. */
export async function runServiceTester(
  tester: ServiceTester,
  targets: readonly TesterTarget[],
  run: ServiceTesterRun,
): Promise<TesterOutcome> {
  const { signal, timeout } = run;
  const deadline = performance.now() + timeout;
  const places = new ConcurrencyLimit(tester.runs.service.takesTurns === true ? 1 : AT_ONCE);
  const tested = await Promise.all(
    targets.map((target, at) =>
      places.through(async () =>
        signal.aborted ? null : await testOne(tester, target, at + 1, run, deadline)
      )
    ),
  );
  const done = tested.filter((one) => one !== null);
  return {
    results: done.map(({ result }) => result),
    raw: done.map(({ raw }) => raw),
    log: done.map(({ log }) => log).join(""),
    problem: done.some(({ late }) => late)
      ? `did not end within ${timeout / 1000} s`
      : done.length < targets.length
      ? "was ended before it had tested all"
      : null,
  };
}

async function testOne(
  { name, runs: { service, options } }: ServiceTester,
  { cell, address, service: target, port }: TesterTarget,
  number: number,
  { folder, certificate, key, peers, place, signal }: ServiceTesterRun,
  deadline: number,
) {
  const own = `${folder}/${number}`;
  writing(own, () => Deno.mkdirSync(own, { recursive: true }));
  const context: ServiceContext = {
    folder: own,
    ports: [port],
    options,
    certificate,
    key,
    peers,
    target: { name: target, address, family: address.includes(":") ? 6 : 4, port },
  };
  const words = asked(service.name, () => {
    putFiles(own, service.name, service.files?.(context) ?? {});
    return service.arguments(context);
  });
  const command = [service.program, ...words];
  const placed = place(command, own);
  const { status, stdout, stderr, late } = await runCommand(placed.words, {
    signal,
    timeout: Math.max(1, deadline - performance.now()),
    folder: own,
    variables: { HOME: own, LC_ALL: "C", ...placed.variables },
  });
  const { conditions, metrics } = asked(
    service.name,
    () => outcomeOf(service, { status, stdout, stderr, late, files: filesIn(own) }),
  );
  const result: TesterResult = { cell, tester: name, address, conditions, flows: {}, metrics };
  const raw = JSON.stringify({ ...result, service: target, port: port.port, status, late });
  return { result, raw, log: `${commandLine(command)}\n${stdout}${stderr}\n`, late };
}
