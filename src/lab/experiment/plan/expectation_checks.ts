import { nearest } from "../../../host/nearest.ts";
import { ConditionNames } from "../../../measure/condition_names.ts";
import { unknown } from "../../file/yaml.ts";
import type { TestEntry } from "../file/experiment_file.ts";
import { isWithin } from "./cells.ts";
import { type AddFault, wrongServices } from "./checks.ts";
import type { Cell, PlannedTester } from "./experiment_plan.ts";
import type { PlannedServices } from "./services.ts";
import { substitute } from "./substitute.ts";

/** Conditions that are expected at some of the places must be those of a tester there. */
export function checkExpectations(
  test: TestEntry,
  planned: PlannedServices,
  cells: readonly Cell[],
  add: AddFault,
): void {
  const { expect, services: entries } = test;
  const has = planned.testers.map((tester) => ({
    name: tester.name,
    gives: conditionsOf(tester),
    problem: (condition: string) => conditionProblem(condition, tester, test),
  }));
  const wrong = wrongServices(entries, planned);
  expect.forEach(({ when, service, must, may, must_not: mustNot, flow }, at) => {
    const places = cells.filter((cell) => isWithin(cell, when));
    if (places.length === 0) return;
    const path = ["expect", at];
    const says = [...must, ...mustNot, ...Object.keys(flow)].length > 0 || may !== undefined;
    if (!says) add(path, "says nothing: name must, may, must_not or flow");
    for (const both of must.filter((one) => mustNot.includes(one))) {
      add(path, `${both} is in must and in must_not`);
    }
    if (service !== undefined && wrong.includes(service)) return;
    const about = has.filter(({ name }) => service === undefined || name === service);
    if (service !== undefined && about.length === 0) {
      const names = has.map(({ name }) => name);
      add([...path, "service"], unknown("tester", service, names));
    }
    if (about.length === 0) return;
    const lists = [["must", must], ["may", may ?? []], ["must_not", mustNot]] as const;
    const known = about.flatMap(({ gives }) => gives.known);
    for (const [key, conditions] of lists) {
      conditions.forEach((condition, number) => {
        const spelled = new Set(places.map((cell) => String(substitute(condition, cell))));
        for (const name of spelled) {
          // What stands for nothing is reported elsewhere
          if (name.includes("${")) continue;
          const problems = about.map(({ problem }) => problem(name));
          if (problems.includes(null)) continue;
          const otherwise = problems.find((problem) => problem !== "unknown");
          // It may be one of a tester with which something is wrong
          if (wrong.length > 0 && nearest(name, known) === null) continue;
          add([...path, key, number], otherwise ?? unknown("condition", name, known));
        }
      });
    }
  });
}

/** Why a tester never gives a condition: `unknown`, or a sentence; null when it can. */
function conditionProblem(condition: string, tester: PlannedTester, test: TestEntry) {
  const { name, runs } = tester;
  const gives = conditionsOf(tester);
  if (gives.has(condition)) {
    return gives.isLocalised(condition) && !isLocalising(test, name)
      ? `${condition} wants --locate: steps: [start, wait-ready, ` +
        "{ measure: { options: [--locate] } }, stop]"
      : null;
  }
  if (runs.kind !== "spider" || !new ConditionNames(runs.spider, {}).has(condition)) {
    return "unknown" as const;
  }
  const set = Object.values(runs.spider.letters ?? {}).map((option) =>
    `${option} ${[runs.options[option]].flat().join(", ")}`
  );
  return `${name} gives no ${condition}: its options have ${set.join(", ")}`;
}

/** Whether a spider localises in a step that runs it. */
function isLocalising({ steps }: TestEntry, tester: string): boolean {
  const options = steps.flatMap(({ name, told }) =>
    name === "measure" && (told.service ?? tester) === tester ? [told.options] : []
  );
  return options.some((words) => words.includes("--locate"));
}

/** What a tester can give. */
type Gives = Pick<ConditionNames, "known" | "has" | "isLocalised">;

/** The conditions that a tester can give. */
export function conditionsOf({ runs }: PlannedTester): Gives {
  if (runs.kind === "spider") return new ConditionNames(runs.spider, runs.options);
  const known = Object.keys(runs.service.conditions ?? {});
  return { known, has: (condition) => known.includes(condition), isLocalised: () => false };
}
