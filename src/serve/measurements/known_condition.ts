import { Failure } from "../../host/failure.ts";
import { ConditionNames } from "../../measure/condition_names.ts";
import { readValues } from "../../plugin/schema/option.ts";
import { USUAL } from "../../plugin/settings.ts";
import { loadSpider } from "../../plugin/spiders.ts";
import { notAsItMust } from "../http/checked.ts";
import { meant } from "../http/known_names.ts";
import type { Measurement } from "./measurement.ts";
import type { ResultViews } from "./result_views.ts";

/**
 * Checks that a result of a measurement can have a condition that is asked for. One that results have is
 * known whatever the spider declares now, and where there is no such spider any more, all are.
 *
 * @param folders where plugins are looked for too
 * @throws {ProblemError} 422 that says what was probably meant
 */
export async function checkCondition(
  measurement: Measurement,
  condition: string | undefined,
  { views, folders }: { readonly views: ResultViews; readonly folders: readonly string[] },
): Promise<void> {
  if (condition === undefined || views.count(measurement, { condition }) > 0) return;
  const names = await conditionNames(measurement, folders);
  if (names === null || names.has(condition)) return;
  const detail = `is no condition of ${names.name}; ${meant(condition, names.known)}`;
  throw notAsItMust([{ in: "query", at: "condition", detail }]);
}

async function conditionNames(
  { request: { spider: name, options = {} } }: Measurement,
  folders: readonly string[],
): Promise<ConditionNames | null> {
  try {
    const spider = await loadSpider(name, { ...USUAL, folders });
    if (spider === undefined) return null;
    return new ConditionNames(spider, readValues(spider.options ?? {}, options));
  } catch (error) {
    // It was there when it was asked for: what results may have is not known any more
    if (error instanceof Failure) return null;
    throw error;
  }
}
