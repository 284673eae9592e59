import { loadSpider, spiderNames } from "../../plugin/spiders.ts";
import { USUAL } from "../../plugin/settings.ts";
import type { PrefixSet } from "../../target/prefix.ts";
import type { Config } from "../config/schema.ts";
import { refusalOf } from "../deliveries/allowed.ts";
import { notAsItMust, partlyRead } from "../http/checked.ts";
import { meant } from "../http/known_names.ts";
import { type MeasurementRequest, measurementRequest } from "./request.ts";
import { firstTime } from "./schedule.ts";
import { type Fault, spiderFaults } from "./spider_faults.ts";
import type { KeptTargets } from "./store.ts";
import { listProblem, targetLines, TRIED } from "./targets.ts";

/** A list of targets. */
export interface ListedTargets extends KeptTargets {
  /** Some of its targets, from the first one on, as lines of JSON. */
  readonly first: (most: number) => readonly string[];
}

/** What a request is checked against. */
export interface RequestSurroundings {
  readonly config: Config;
  /** Addresses that are never measured. */
  readonly blocked: PrefixSet;
  readonly now: number;
  /** A list; undefined where there is none that the caller may see. */
  readonly listed: (id: string) => ListedTargets | undefined;
}

/** A request that can be kept. */
export interface CheckedRequest {
  readonly request: Omit<MeasurementRequest, "targets">;
  /** Its targets, as lines of JSON, or a list of them that is kept. */
  readonly targets: readonly string[] | ListedTargets;
  /** When its first run is planned, in milliseconds since 1970. */
  readonly planned: number;
}

/**
 * The body of a request, with all that can be told of it before it is measured.
 *
 * @throws {ProblemError} 422 with everything that is wrong
 */
export async function checkedRequest(
  body: unknown,
  surroundings: RequestSurroundings,
): Promise<CheckedRequest> {
  const { asked, faults } = partlyRead(measurementRequest, body);
  const { config: { plugin_folders: folders }, blocked, now } = surroundings;
  const more: Fault[] = [];
  let needs: "address" | "domain" | null = null;
  if (asked.spider !== undefined) {
    const spider = await loadSpider(asked.spider, { ...USUAL, folders });
    if (spider === undefined) {
      const hint = meant(asked.spider, spiderNames());
      more.push(["/spider", `there is no spider ${asked.spider}; ${hint}`]);
    } else {
      needs = spider.needs ?? "address";
      more.push(...spiderFaults(spider, asked, blocked));
    }
  }
  const targets = targetsOf(asked.targets, needs, surroundings, more);
  more.push(...destinationFaults(asked.deliver, surroundings.config));
  const planned = firstTime(asked.schedule ?? { jitter: 0 }, now);
  if (planned === null) more.push(["/schedule", "the schedule has no run before it stops"]);
  const all = [...faults, ...more.map(([at, detail]) => ({ in: "body", at, detail } as const))];
  if (all.length > 0) throw notAsItMust(all);
  const { targets: _, ...request } = asked as MeasurementRequest;
  return { request, targets, planned: planned! };
}

/** Targets as lines, or their list; what is wrong with them is put to the faults. */
function targetsOf(
  targets: MeasurementRequest["targets"] | undefined,
  needs: "address" | "domain" | null,
  { config: { measure: { targets: most } }, listed }: RequestSurroundings,
  faults: Fault[],
): readonly string[] | ListedTargets {
  if (targets === undefined) return [];
  let lines: readonly string[] = [];
  let list: ListedTargets | undefined;
  if (!Array.isArray(targets)) {
    list = listed(targets.list);
    if (list === undefined) faults.push(["/targets/list", `there is no list ${targets.list}`]);
    const problem = needs === null || list === undefined
      ? null
      : listProblem(list.first(TRIED), needs);
    if (problem !== null) {
      faults.push(["/targets/list", `the list has no target that can be measured so: ${problem}`]);
    }
  } else if (needs !== null) {
    const read = targetLines(targets, needs);
    lines = read.lines;
    for (const { at, problem } of read.faults) faults.push([`/targets/${at}`, problem]);
  }
  if ((list?.targets ?? lines.length) > most) {
    faults.push(["/targets", `a measurement has at most ${most} targets here`]);
  }
  return list ?? lines;
}

/** Where the configuration does not allow the ends of runs to be told. */
function destinationFaults(
  deliver: MeasurementRequest["deliver"] = [],
  config: Config,
): Fault[] {
  return deliver.flatMap((destination, at): Fault[] => {
    const refusal = refusalOf(destination, config);
    const key = "webhook" in destination ? "webhook" : "observatory";
    return refusal === null ? [] : [[`/deliver/${at}/${key}`, refusal]];
  });
}
