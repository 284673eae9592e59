// @ts-types="../types/parse_args.d.ts"
import { parseArgs } from "@std/cli/parse-args";
import type { Option, Options, OptionValue, OptionValues } from "../contract/option.ts";
import type { Spider } from "../contract/spider.ts";
import type { Streams } from "../host/streams.ts";
import type { PluginSettings } from "../plugin/settings.ts";
import type { Command, Invocation } from "./command.ts";
import { common } from "./common.ts";
import { defaultValue, defaultValues } from "./default_value.ts";
import { settingsIn } from "./plugin_options.ts";
import { looksLikeOption, spellOut } from "./spell_out.ts";
import { UsageError } from "../host/usage_error.ts";
import { unknownName, unknownPlugin } from "./usage.ts";
import { readValue } from "./value.ts";

/**
 * A command line that was read: what to run, as soon as its spider is ready to, or what to print help
 * of. Rejects where the spider cannot be run.
 */
export type Parsed =
  | { readonly help: true; readonly spider: Spider | null }
  | { readonly help: false; readonly invocation: Promise<Invocation> };

/**
 * Reads and checks the arguments of a command, those of the spider that they name included. Whether
 * that spider may run is asked on `streams`.
 *
 * @throws {UsageError} for an option, a value or a positional that cannot be
 */
export async function parse(
  command: Command,
  args: readonly string[],
  streams: Streams,
): Promise<Parsed> {
  const spider = await namedSpider(command, args, streams);
  const options = optionsOf(command, spider);
  const spelled = spellOut(args, options, command.passes);
  const settings = settingsIn(spelled, streams);
  const end = spelled.indexOf("--");
  const before = spelled.slice(0, end < 0 ? undefined : end);
  if (before.includes("--help=true")) {
    // Only arms that are made by a function take the spider's code for help
    if (typeof spider?.arms !== "function") return { help: true, spider };
    return {
      help: true,
      spider: await withOptionsOf(command, spider, defaultValues(spider.options), settings),
    };
  }

  const names = Object.keys(options).map(sheltered);
  const read = parseArgs([
    ...before.map((arg) => arg.replace(/^--(?=no-)/, `--${SHELTER}`)),
    ...spelled.slice(before.length),
  ], {
    string: [...names, "_"],
    collect: names,
    "--": true,
    unknown(arg, key) {
      if (key === undefined) return true;
      const flag = arg.startsWith("--") ? arg.split("=")[0]!.replace(SHELTER, "") : `-${key}`;
      throw unknownName("option", flag, flags(options), `see spider ${command.name} --help`);
    },
  });
  const positionals = [...read._, ...read["--"] as readonly string[]];
  checkPositionals(command, positionals);
  const spiderOptions = valuesOf(spider?.options ?? {}, options, read);
  const invocation = {
    options: valuesOf(command.options, options, read),
    positionals: spider === null ? positionals : positionals.slice(1),
    spiderOptions,
  };
  const ready = withOptionsOf(command, spider, spiderOptions, settings);
  return { help: false, invocation: ready.then((spider) => ({ ...invocation, spider })) };
}

/**
 * Every option that a command line may hold: the common ones, the command's and the spider's.
 *
 * @throws {UsageError} when the spider declares an option that there is already
 */
export function optionsOf(command: Command, spider: Spider | null): Options {
  const own: Record<string, Option> = { ...command.options };
  if (spider === null) return { ...own, ...common };
  for (const [name, changes] of Object.entries(command.refine?.(spider) ?? {})) {
    own[name] = { ...own[name]!, ...changes };
  }
  const taken: Options = { ...own, ...common };
  const shorts = Object.values(taken).flatMap(({ short }) => short ?? []);
  for (const [name, { short }] of Object.entries(spider.options ?? {})) {
    const clash = Object.hasOwn(taken, name)
      ? `--${name}`
      : short !== undefined && shorts.includes(short)
      ? `-${short}`
      : null;
    if (clash === null) continue;
    throw new UsageError(
      `the spider ${spider.name} declares ${clash}, which spider ${command.name} has itself; ` +
        `rename it in the spider`,
    );
  }
  return { ...own, ...spider.options, ...common };
}

/** The spider that a command line names; null when the command runs none, or none is named. */
async function namedSpider(
  command: Command,
  args: readonly string[],
  streams: Streams,
): Promise<Spider | null> {
  if (command.spiders === undefined) return null;
  const options = optionsOf(command, null);
  const spelled = spellOut(args, options);
  const at = spelled.findIndex((arg) => arg === "--" || !looksLikeOption(arg));
  const name = spelled[at] === "--" ? spelled[at + 1] : spelled[at];
  if (name === undefined) return null;
  // The value of an option that is not known cannot be told from the spider's name.
  const known = flags(options);
  const early = spelled.slice(0, at).map((arg) => arg.split("=")[0]!)
    .find((flag) => !known.includes(flag));
  if (early !== undefined) {
    throw unknownName("option", early, known, "options of a spider stand after its name");
  }
  const { loadSpider, spiderNames } = await command.spiders();
  const spider = await loadSpider(name, settingsIn(spelled, streams));
  if (spider !== undefined) return spider;
  const names = spiderNames();
  throw unknownPlugin("spider", name, names, `there is ${names.join(", ")}`);
}

/** The spider as it runs under its options. */
async function withOptionsOf(
  command: Command,
  spider: Spider | null,
  options: OptionValues,
  settings: PluginSettings,
): Promise<Spider | null> {
  if (spider === null) return null;
  return await (await command.spiders!()).withOptions(spider, options, settings);
}

function checkPositionals({ name, positionals }: Command, given: readonly string[]): void {
  const missing = positionals[given.length];
  if (missing !== undefined && !missing.optional) {
    throw new UsageError(`${name} needs a ${missing.name}; see spider ${name} --help`);
  }
  const extra = given[positionals.length];
  if (extra !== undefined && !positionals.at(-1)?.repeated) {
    throw new UsageError(`${name} does not take ${extra}; see spider ${name} --help`);
  }
}

/** The values of some of the options, with defaults filled in. */
function valuesOf(
  wanted: Options,
  options: Options,
  read: Readonly<Record<string, unknown>>,
): OptionValues {
  const values: Record<string, OptionValue> = {};
  for (const name of Object.keys(wanted)) {
    const option = options[name]!;
    const given = read[sheltered(name)] as readonly string[];
    if (given.length === 0) values[name] = defaultValue(option);
    else if (option.repeated) {
      values[name] = given.map((text) => readValue(name, option, text)) as readonly string[];
    } else if (given.length > 1) {
      throw new UsageError(`--${name} is given more than once; give it once`);
    } else values[name] = readValue(name, option, given[0]!);
  }
  return values;
}

/** Stands before names of options, which hold no such character. */
const SHELTER = ":";

/** An option's name as `parseArgs` does not take it for the negation of another one. */
function sheltered(name: string): string {
  return name.startsWith("no-") ? SHELTER + name : name;
}

function flags(options: Options): string[] {
  return Object.keys(options).map((name) => `--${name}`);
}
