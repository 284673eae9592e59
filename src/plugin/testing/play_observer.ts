import type { ExperimentEvent } from "../../contract/experiment_event.ts";
import type { Observer } from "../../contract/observer.ts";
import type { OptionValues } from "../../contract/option.ts";
import type { ObserverTest } from "../../contract/plugin_test.ts";
import { Failure } from "../../host/failure.ts";
import { inTime } from "../../host/in_time.ts";
import { callPlugin } from "../../measure/plugin_call.ts";
import { isObserved, observerTools } from "../observing.ts";
import type { TestReport } from "./report.ts";

/** The time of the first event that says none; each later one is a second after the one before it. */
const BEGIN = Date.parse("2026-01-01T00:00:00Z");

/** How long a test may take, in milliseconds. */
const PATIENCE = 5000;

/**
 * Plays a test of an observer: the lines that it prints at some events.
 *
 * @throws {Failure} when it throws, or does not come to its end
 */
export async function playObserverTest(
  observer: Observer,
  { name, events, lines }: ObserverTest,
  options: OptionValues,
): Promise<TestReport> {
  const printed: string[] = [];
  const tools = observerTools(options, (line) => printed.push(line));
  const play = async (): Promise<true> => {
    await callPlugin(observer, "begin", () => observer.begin?.(tools));
    for (const [at, event] of events.entries()) {
      if (!isObserved(observer, event.type)) continue;
      const time = new Date(BEGIN + at * 1000).toISOString();
      const whole = { id: at + 1, time, ...event } as ExperimentEvent;
      await callPlugin(observer, "event", () => observer.event(whole, tools));
    }
    await callPlugin(observer, "close", () => observer.close?.(tools));
    return true;
  };
  if (await inTime(play(), PATIENCE) === null) {
    throw new Failure(`the observer ${observer.name} is not done within ${PATIENCE / 1000} s`);
  }
  return { name, faults: lineFaults(lines, printed), conditions: null, flows: [] };
}

/** Where the lines that were printed are not those that were expected. */
function lineFaults(expected: readonly string[], printed: readonly string[]): string[] {
  return Array.from({ length: Math.max(expected.length, printed.length) }, (_, at) => {
    const [wanted, line] = [expected[at], printed[at]];
    if (wanted === line) return [];
    if (wanted === undefined) return [`line ${at + 1} is "${line}", and none was expected`];
    return [
      `line ${at + 1} is ${
        line === undefined ? "missing" : `"${line}"`
      }, and "${wanted}" was expected`,
    ];
  }).flat();
}
