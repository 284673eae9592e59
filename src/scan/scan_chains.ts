import type { Arm } from "../contract/arm.ts";
import type { Chain } from "../contract/chain.ts";
import type { Target } from "../contract/job.ts";
import type { SpiderOf } from "../contract/spider.ts";
import { chainsOf } from "../measure/observation.ts";
import type { StatelessType } from "./arm_problem.ts";

/** The chains that a measurement has on, and those by which answers to probes are settled. */
export function scanChains(
  spider: SpiderOf<Target>,
  arms: readonly Arm<Target>[],
  type: StatelessType,
): readonly (string | Chain)[] {
  return [...new Set([...chainsOf(spider, arms, type), ...type.stateless.chains])];
}
