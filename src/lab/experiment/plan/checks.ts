import type { NetworkEnvironment } from "../../../contract/environment.ts";
import { readFeature } from "../../../probe/localise/feature.ts";
import { quote } from "../../../target/quote.ts";
import { unknown, type ValuePath } from "../../file/yaml.ts";
import type { LabPlan } from "../../topology/network_plan.ts";
import type { TestEntry } from "../file/experiment_file.ts";
import type { PlannedTester } from "./experiment_plan.ts";
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

/** Services with which something is wrong: it was said there, and is not said once more where they are named. */
export function wrongServices(
  entries: TestEntry["services"],
  { services, testers }: PlannedServices,
): string[] {
  const right = [...services, ...testers].map(({ name }) => name);
  return Object.keys(entries).filter((name) => !right.includes(name));
}

/** Services that steps name must be there, each of the kind that the step is for. */
export function checkSteps(
  { steps, services: entries }: TestEntry,
  planned: PlannedServices,
  add: AddFault,
): void {
  const { services, testers } = planned;
  const under = services.map(({ name }) => name);
  const testing = testers.map(({ name }) => name);
  const wrong = wrongServices(entries, planned);
  const isWrong = (name: string) => wrong.includes(name);
  steps.forEach(({ name, told }, at) => {
    const path = ["steps", at];
    const check = (names: readonly string[], known: readonly string[], what: string) =>
      names.filter((one) => !known.includes(one) && !isWrong(one)).forEach((one) =>
        add(path, unknown(what, one, known))
      );
    if (name === "measure") {
      check(told.service === undefined ? [] : [told.service], testing, "tester");
      const isNone = testing.length === 0 && wrong.length === 0;
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
      if (name === "locate") checkFeature(told.feature, [...path, name, "feature"], add);
    } else if (name === "start" || name === "wait-ready" || name === "stop") {
      check(told.services ?? [], under, "service under test");
    }
  });
}

function checkFeature(feature: string, path: ValuePath, add: AddFault): void {
  // What stands for values of the matrix is known at each place alone
  if (feature.includes("${")) return;
  const read = readFeature(feature);
  if (typeof read === "string") add(path, `${quote(feature)} ${read}`);
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
