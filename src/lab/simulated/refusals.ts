import type { Target } from "../../contract/job.ts";
import type { SpiderOf } from "../../contract/spider.ts";
import { Failure } from "../../host/failure.ts";
import { armsOf } from "../../measure/arms.ts";
import type { PlannedBox } from "../topology/network_plan.ts";
import { boxesTowards } from "./boxes_towards.ts";
import type { SimulatedRun } from "./simulated_run.ts";

/** Kernel settings that simulated hosts have. */
const SETTINGS: readonly string[] = [
  "net.ipv4.tcp_timestamps",
  "net.ipv4.tcp_window_scaling",
  "net.ipv4.tcp_sack",
];

/**
 * Checks that a measurement can be simulated.
 *
 * @throws {Failure} when it cannot: nothing is left out
 */
export function checkSimulated(
  { spider, spiderOptions, connect, targets, boxesFor }: SimulatedRun,
): void {
  const problem = spiderProblem(spider, spiderOptions) ??
    (connect.name === "https" ? "the connection type https takes real connections" : null) ??
    boxProblem(
      targets.flatMap(({ dip }) => dip === undefined ? [] : boxesTowards(dip, boxesFor).flat()),
    );
  if (problem !== null) throw new Failure(`${problem}: take the network environment netns`);
}

function spiderProblem(
  spider: SpiderOf<Target>,
  options: SimulatedRun["spiderOptions"],
): string | null {
  if (spider.needs === "domain") return `the spider ${spider.name} asks name servers`;
  for (const { name, system } of armsOf(spider, options)) {
    const arm = `the arm ${name} of the spider ${spider.name}`;
    if (system?.enter || system?.leave) return `${arm} sets its host up by code`;
    const setting = Object.keys(system?.sysctls ?? {}).find((one) => !SETTINGS.includes(one));
    if (setting !== undefined) return `${arm} sets ${setting}, which takes a kernel`;
  }
  return null;
}

function boxProblem(boxes: readonly PlannedBox[]): string | null {
  for (const { written, box } of new Set(boxes)) {
    if (box.program === undefined) return `the middlebox ${written} takes the kernel's rules`;
    if (box.at === "output") {
      return `the middlebox ${written} is about what routers send themselves`;
    }
  }
  return null;
}
