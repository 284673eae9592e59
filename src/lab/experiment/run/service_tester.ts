import type { PlacedCommand } from "../../../contract/environment.ts";
import type { ServiceContext } from "../../../contract/service.ts";
import { outcomeOf } from "../../../plugin/outcome_of.ts";
import { asked, putFiles } from "../../service/running.ts";
import type { PlannedTester } from "../plan/experiment_plan.ts";
import { runCommand } from "./command.ts";
import type { TesterResult } from "./expectations.ts";
import { filesIn } from "./kept_files.ts";
import type { TesterOutcome, TesterTarget } from "./tester.ts";

/** How many addresses are tested at once. */
const AT_ONCE = 4;

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

/** Runs a tester against each address, to its end. */
export async function runServiceTester(
  { name, runs: { service, options } }: PlannedTester & {
    readonly runs: { readonly kind: "service" };
  },
  targets: readonly TesterTarget[],
  { folder, certificate, key, peers, place, signal, timeout }: ServiceTesterRun,
): Promise<TesterOutcome> {
  const deadline = performance.now() + timeout;
  const results: (TesterResult | null)[] = targets.map(() => null);
  const logs: string[] = [];
  const raw: string[] = [];
  let isLate = false;
  let next = 0;
  const work = async (): Promise<void> => {
    while (next < targets.length && !signal.aborted) {
      const at = next++;
      const { cell, address, service: target, port } = targets[at]!;
      const own = `${folder}/${at + 1}`;
      Deno.mkdirSync(own, { recursive: true });
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
      const placed = place([service.program, ...words], own);
      const { status, stdout, stderr, late } = await runCommand(placed.words, {
        signal,
        timeout: Math.max(1, deadline - performance.now()),
        folder: own,
        variables: { HOME: own, LC_ALL: "C", ...placed.variables },
      });
      logs[at] = `${words.join(" ")}\n${stdout}${stderr}\n`;
      const { conditions, metrics } = asked(
        service.name,
        () => outcomeOf(service, { status, stdout, stderr, late, files: filesIn(own) }),
      );
      results[at] = { cell, tester: name, address, conditions, flows: {}, metrics };
      raw[at] = JSON.stringify({ ...results[at], service: target, port: port.port, status, late });
      isLate ||= late;
    }
  };
  await Promise.all(Array.from({ length: service.takesTurns === true ? 1 : AT_ONCE }, work));
  const done = results.filter((result) => result !== null);
  return {
    results: done,
    raw: raw.filter((line) => line !== undefined),
    log: logs.join(""),
    problem: isLate
      ? `did not end within ${timeout / 1000} s`
      : done.length < targets.length
      ? "was ended before it had tested all"
      : null,
  };
}
