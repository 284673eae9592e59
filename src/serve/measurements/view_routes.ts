import type { Hono } from "hono";
import { z } from "zod";
import { line, must, oneOf } from "../../plugin/schema/words.ts";
import type { Config } from "../config/schema.ts";
import { checkedAs } from "../http/checked.ts";
import type { ServeEnvironment } from "../http/environment.ts";
import { parametersOf } from "../http/parameters.ts";
import { ProblemError } from "../http/problem.ts";
import { queryNumber } from "../http/query_number.ts";
import type { Caller } from "../keys/access.ts";
import { checkCondition } from "./known_condition.ts";
import { type Measurement, timeText } from "./measurement.ts";
import { type Grouping, GROUPINGS, type ResultGroups } from "./result_groups.ts";
import type { ResultViews } from "./result_views.ts";

const MOST_RUNS = 1000;
const MOST_GROUPS = 1000;

/** What answers about results as a whole are made of. */
export interface ViewParts {
  readonly views: ResultViews;
  readonly groups: ResultGroups;
  readonly config: () => Config;
}

/** What runs can be asked with. */
export const runsQuery = z.strictObject({
  limit: queryNumber(1, MOST_RUNS, "how many at most, the last ones").default(200),
});

/** What groups can be asked with. */
export const groupsQuery = z.strictObject({
  by: oneOf(GROUPINGS, "what belongs together").default("prefix"),
  condition: line("whose share is compared"),
  run: queryNumber(1, Number.MAX_SAFE_INTEGER, "whose results; the last one when missing")
    .optional(),
  limit: queryNumber(1, MOST_GROUPS, "how many at most").default(100),
});

/**
 * Results of measurements by run, and by network.
 *
 * @param found the measurement of an id that a caller may see
 */
export function viewRoutes(
  app: Hono<ServeEnvironment>,
  { views, groups, config }: ViewParts,
  found: (id: string, caller: Caller) => Measurement,
): void {
  app.get("/measurements/:id/runs", (context) => {
    const measurement = found(context.req.param("id"), context.get("caller"));
    const { limit } = checkedAs(runsQuery, parametersOf(context), "query");
    return context.json({
      runs: views.runs(measurement, limit).map((run) => ({ ...run, time: timeText(run.time) })),
    });
  });

  app.get("/measurements/:id/groups", async (context) => {
    const measurement = found(context.req.param("id"), context.get("caller"));
    const asked = checkedAs(groupsQuery, parametersOf(context), "query");
    const { by, condition, limit, run = views.runs(measurement, 1)[0]?.run ?? 1 } = asked;
    checkOffered(by, groups.offered);
    await checkCondition(measurement, condition, { views, folders: config().plugin_folders });
    const { groups: all, ...sums } = await groups.of(measurement, { by, condition, run });
    const some = all.slice(0, limit);
    return context.json({ by, condition, run, ...sums, offered: groups.offered, groups: some });
  });
}

function checkOffered(by: Grouping, offered: readonly Grouping[]): void {
  if (offered.includes(by)) return;
  const detail = must("prefix: this server has no table of networks; see page.networks").error({
    input: by,
  });
  throw new ProblemError(422, `by ${detail}`, { errors: [{ in: "query", at: "by", detail }] });
}
