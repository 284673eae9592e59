import { VERSION } from "../../../version.ts";
import { programPath } from "../../../host/program_path.ts";
import { cleaned } from "../../../target/quote.ts";
import { asked } from "../../service/running.ts";
import type { ExperimentPlan } from "../plan/experiment_plan.ts";
import { runCommand } from "./command.ts";
import type { EventBus } from "./events.ts";

/** How long a program may take to say its version, in milliseconds. */
const PATIENCE = 5000;
/** Characters of a version that are kept: curl names all its libraries. */
const LONGEST = 1000;

/** A plugin, as far as its version goes. */
interface Versioned {
  readonly kind: string;
  readonly name: string;
  readonly version: string;
}

/**
 * Versions of the program, of the plugins of an experiment, and of the programs that they run.
 *
 * @param folder the home of programs that say theirs
 */
export async function versionsOf(
  { groups, observers }: ExperimentPlan,
  bus: EventBus,
  folder: string,
): Promise<Record<string, string>> {
  const versions: Record<string, string> = { spider: VERSION, kernel: Deno.osRelease() };
  const plugins = groups.flatMap((group): Versioned[] => [
    group.environment,
    ...group.wrappers.map(({ environment }) => environment),
    ...group.services.map(({ planned }) => planned.service),
    ...group.testers.map(({ runs }) => runs.kind === "spider" ? runs.spider : runs.service),
    ...(group.lab?.nodes ?? []).flatMap(({ boxes }) => boxes.map(({ box }) => box)),
  ]);
  plugins.push(...observers.map(({ observer }) => observer));
  for (const { kind, name, version } of plugins) {
    const key = `${kind} ${name}`;
    if (Object.hasOwn(versions, key)) continue;
    versions[key] = version;
    bus.emit("plugin.loaded", { kind, name, version });
  }
  const services = groups.flatMap(({ services, testers }) => [
    ...services.map(({ planned }) => planned.service),
    ...testers.flatMap(({ runs }) => runs.kind === "service" ? [runs.service] : []),
  ]);
  const programs = new Map(services.map((service) => [service.program, service]));
  for (const [program, { name, asksVersion }] of programs) {
    // A program that is not there has no version: its service says that it is missing
    if (asksVersion === undefined || programPath(program) === null) continue;
    const { stdout, stderr } = await runCommand(
      [program, ...asked(name, () => asksVersion)],
      {
        signal: new AbortController().signal,
        timeout: PATIENCE,
        // Some write into it even then
        variables: { HOME: folder },
      },
    );
    const line = `${stdout}\n${stderr}`.split("\n").find((one) => /\d/.test(one));
    if (line !== undefined) versions[program] = wholeWords(cleaned(line.trim()));
  }
  return versions;
}

/** As many words of a text as may be kept; a word that is longer is cut. */
function wholeWords(text: string): string {
  const kept = text.slice(0, LONGEST);
  return kept.length === text.length ? text : kept.replace(/ \S*$/, "");
}
