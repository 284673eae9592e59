import type { Arm } from "../contract/arm.ts";
import type { Target } from "../contract/job.ts";
import type { OptionValues } from "../contract/option.ts";
import type { SpiderOf } from "../contract/spider.ts";
import { Failure } from "../host/failure.ts";

/**
 * The arms of a spider under its options.
 *
 * @throws {Failure} that names the spider when they cannot be run
 */
export function armsOf(spider: SpiderOf<Target>, options: OptionValues): readonly Arm<Target>[] {
  const { name, arms } = spider;
  const list = typeof arms === "function" ? arms(options) : arms;
  if (list.length === 0) throw new Failure(`the spider ${name} has no arms: it needs one or more`);
  const before = new Set<string>();
  for (const arm of list) {
    if (before.has(arm.name)) {
      throw new Failure(`the spider ${name} has two arms ${arm.name}: give them other names`);
    }
    if (arm.after !== undefined && !before.has(arm.after)) {
      throw new Failure(
        `the arm ${arm.name} of the spider ${name} is to run after ${arm.after}, which is no arm before it`,
      );
    }
    before.add(arm.name);
  }
  return list;
}
