import { isProgram } from "../box/queues.ts";
import { holds, networkOf } from "../topology/addresses.ts";
import type { PlannedBox } from "../topology/network_plan.ts";
import type { SimulatedRun } from "./simulated_run.ts";

/**
 * The middleboxes on the way to an address that are about it, those of each router in the order in which
 * packets meet them: those that are rules where there is a kernel come first.
 */
export function boxesTowards(
  address: string,
  boxesFor: SimulatedRun["boxesFor"],
): readonly (readonly PlannedBox[])[] {
  const network = networkOf(address);
  return boxesFor(address).map((boxes) =>
    boxes.filter(({ to }) => to === null || to.some((one) => holds(one, network)))
      .toSorted((one, other) => Number(isProgram(one.box)) - Number(isProgram(other.box)))
  );
}
