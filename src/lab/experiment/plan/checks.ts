import type { NetworkEnvironment } from "../../../contract/environment.ts";
import { ConditionNames } from "../../../measure/condition_names.ts";
import { unknown, type ValuePath } from "../../file/yaml.ts";
import type { LabPlan } from "../../topology/network_plan.ts";
import type { Expectation, TestEntry } from "../file/experiment_file.ts";
import { isWithin } from "./cells.ts";
import type { Cell, PlannedTester } from "./experiment_plan.ts";
import { substitute } from "./substitute.ts";
import type { PlannedServices } from "./services.ts";

/** Notes a fault at a place within the test. */
export type AddFault = (place: ValuePath, text: string) => void;

/** Hosts that are named must be there. */
export function checkHosts(
  test: TestEntry,
  { services, testers }: PlannedServices,
  lab: LabPlan,
  add: AddFault,
): void {
  const names = lab.nodes.map(({ name }) => name);
  for (const { name, host } of [...services, ...testers]) {
    if (names.includes(host)) continue;
    add(["services", name, "host"], unknown("host", host, names));
  }
  const commands = [
    ...test.pre_commands.map(({ host }, at) => [host, ["pre_commands", at]] as const),
    ...test.post_commands.map(({ host }, at) => [host, ["post_commands", at]] as const),
    ...test.steps.flatMap(({ name, told }, at) => {
      const host = name === "exec"
        ? told.host
        : name === "trace" || name === "locate"
        ? told.from
        : undefined;
      return [[host, ["steps", at]] as const];
    }),
  ];
  for (const [host, where] of commands) {
    if (host === undefined || names.includes(host)) continue;
    add([...where], unknown("host", host, names));
  }
}

/** Services that steps name must be there, each of the kind that the step is for. */
export function checkSteps(
  { steps, services: entries }: TestEntry,
  { services, testers }: PlannedServices,
  add: AddFault,
): void {
  const under = services.map(({ name }) => name);
  const testing = testers.map(({ name }) => name);
  const right = [...under, ...testing];
  // What is wrong with an entry is said there, and not here once more
  const isWrong = (name: string) => Object.hasOwn(entries, name) && !right.includes(name);
  steps.forEach(({ name, told }, at) => {
    const path = ["steps", at];
    const check = (names: readonly string[], known: readonly string[], what: string) =>
      names.filter((one) => !known.includes(one) && !isWrong(one)).forEach((one) =>
        add(path, unknown(what, one, known))
      );
    if (name === "measure") {
      check(told.service === undefined ? [] : [told.service], testing, "tester");
      const isNone = testing.length === 0 && !Object.keys(entries).some(isWrong);
      if (isNone) add(path, "there is no tester that could measure");
      for (const tester of testers) {
        if (told.service !== undefined && told.service !== tester.name) continue;
        for (const option of ownOptions(tester, told.options)) {
          add(
            path,
            `${option} is an option of ${tester.name} itself: give it in that one's options`,
          );
        }
      }
    } else if (name === "trace" || name === "locate") {
      check([told.to], under, "service under test");
    } else if (name === "start" || name === "wait-ready" || name === "stop") {
      check(told.services ?? [], under, "service under test");
    }
  });
}

/** Options of the spider itself among words for its command, which would change what it concludes. */
function ownOptions({ runs }: PlannedTester, words: readonly string[]): string[] {
  if (runs.kind !== "spider") return [];
  return Object.entries(runs.spider.options ?? {}).flatMap(([name, { short }]) => {
    const isIt = (word: string) =>
      word === `--${name}` || word.startsWith(`--${name}=`) || word === `--no-${name}` ||
      short !== undefined && !word.startsWith("--") && word.startsWith(`-${short}`);
    return words.some(isIt) ? [name] : [];
  });
}

/** Services under test must name images where these are placed. */
export function checkImages(
  { name: environment, wantsImage = false }: NetworkEnvironment,
  { services }: PlannedServices,
  add: AddFault,
): void {
  if (!wantsImage) return;
  for (const { name, image } of services) {
    if (image !== null) continue;
    const text = `${environment} runs services in containers: name an image, or the folder of a ` +
      "root file system, with image";
    add(["services", name], text);
  }
}

/** Conditions that are expected at some of the places must be those of a tester there. */
export function checkExpectations(
  expect: readonly Expectation[],
  testers: readonly PlannedTester[],
  cells: readonly Cell[],
  add: AddFault,
): void {
  const has = testers.map((tester) => ({ name: tester.name, gives: conditionsOf(tester) }));
  expect.forEach(({ when, service, must, may, must_not: mustNot, flow }, at) => {
    const places = cells.filter((cell) => isWithin(cell, when));
    if (places.length === 0) return;
    const path = ["expect", at];
    const says = [...must, ...mustNot, ...Object.keys(flow)].length > 0 || may !== undefined;
    if (!says) add(path, "says nothing: name must, may, must_not or flow");
    for (const both of must.filter((one) => mustNot.includes(one))) {
      add(path, `${both} is in must and in must_not`);
    }
    const about = has.filter(({ name }) => service === undefined || name === service);
    if (service !== undefined && about.length === 0) {
      const names = testers.map(({ name }) => name);
      add([...path, "service"], unknown("tester", service, names));
    }
    if (about.length === 0) return;
    const lists = [["must", must], ["may", may ?? []], ["must_not", mustNot]] as const;
    const known = about.flatMap(({ gives }) => gives.known);
    for (const [key, conditions] of lists) {
      conditions.forEach((condition, number) => {
        const spelled = new Set(places.map((cell) => String(substitute(condition, cell))));
        for (const name of spelled) {
          // What stands for nothing is said elsewhere
          if (name.includes("${") || about.some(({ gives }) => gives.has(name))) continue;
          add([...path, key, number], unknown("condition", name, known));
        }
      });
    }
  });
}

/** The conditions that a tester can give. */
export function conditionsOf({ runs }: PlannedTester): Pick<ConditionNames, "known" | "has"> {
  if (runs.kind === "spider") return new ConditionNames(runs.spider, runs.options);
  const known = Object.keys(runs.service.conditions ?? {});
  return { known, has: (condition) => known.includes(condition) };
}

/** A spider that measures names takes them from the test. */
export function checkDomain(
  { domain }: TestEntry,
  { testers }: PlannedServices,
  add: AddFault,
): void {
  if (domain !== undefined) return;
  for (const { name, runs } of testers) {
    if (runs.kind !== "spider" || runs.spider.needs !== "domain") continue;
    add(["services", name], `${runs.spider.name} measures names: give the test a domain`);
  }
}

/** What this host alone cannot do. */
export function checkHost(
  { targets }: TestEntry,
  { testers }: PlannedServices,
  environment: NetworkEnvironment,
  add: AddFault,
): void {
  const { name: where } = environment;
  for (const { name, runs } of testers) {
    if (runs.kind === "service") continue;
    add(["services", name], `a spider measures paths, and ${where} has none: take netns`);
  }
  if (targets > 1) add(["targets"], `${where} has one address of each IP version`);
}
