import type { Option } from "../../../contract/option.ts";
import type { Spider } from "../../../contract/spider.ts";
import type { Command, Positional } from "../../command.ts";
import type { Topic } from "../../help/topic.ts";
import { common } from "../../common.ts";
import { optionsOf } from "../../parse.ts";
import { valueName } from "../../value.ts";

/** What may stand somewhere: some words, any file, or what cannot be told. */
export interface Filling {
  readonly words: readonly string[];
  readonly files: boolean;
}

/** An option, as completion sees it. */
export interface Flag {
  /** `--workers` */
  readonly long: string;
  /** `-w`; null when there is none. */
  readonly short: string | null;
  readonly summary: string;
  /** What its value is called, and what it may be; null for a flag without one. */
  readonly value: (Filling & { readonly name: string }) | null;
  readonly repeated: boolean;
}

/** A word that is not an option. */
export interface Slot extends Filling {
  readonly name: string;
  readonly repeated: boolean;
}

/** What may follow a command, or a command and its spider. */
export interface Place {
  /** The command's name. */
  readonly command: string;
  /** The name of the spider or sub-command; null before it is known, and where there is none. */
  readonly spider: string | null;
  readonly summary: string;
  readonly flags: readonly Flag[];
  /** In order; the spider is the first where there is one. */
  readonly slots: readonly Slot[];
}

/** All that may stand on a command line. */
export interface Grammar {
  /** Options of the program itself. */
  readonly flags: readonly Flag[];
  /** A command comes before its spiders. */
  readonly places: readonly Place[];
}

/** Reads the declarations of commands, of the spiders that they run, and of topics. */
export async function grammar(
  commands: readonly Command[],
  topics: readonly Topic[],
): Promise<Grammar> {
  const places = await Promise.all(commands.map(placesOf));
  const words = [...commands, ...topics].map(({ name }) => name);
  const help: Place = {
    command: "help",
    spider: null,
    summary: "Print help of a command, or a topic of the manual",
    flags: [],
    slots: [{ name: "COMMAND or TOPIC", words, files: false, repeated: false }],
  };
  const version = flag("version", { type: "boolean", summary: "print the version" });
  return {
    flags: [...Object.entries(common).map(([name, option]) => flag(name, option)), version],
    places: [...places.flat(), help],
  };
}

async function placesOf(command: Command): Promise<Place[]> {
  if (command.commands !== undefined) return await placesOfGroup(command, command.commands);
  const spiders = await command.spiders?.();
  const names = spiders?.spiderNames() ?? [];
  const slots = await Promise.all(
    command.positionals.map((positional, at) => slot(positional, at === 0 ? names : [])),
  );
  const place = (spider: Spider | null): Place => ({
    command: command.name,
    spider: spider?.name ?? null,
    summary: spider?.summary ?? command.summary,
    flags: Object.entries(optionsOf(command, spider)).map(([name, option]) => flag(name, option)),
    slots,
  });
  const loaded = await Promise.all(names.map((name) => spiders!.loadSpider(name)));
  return [place(null), ...loaded.filter((spider) => spider !== undefined).map(place)];
}

/** Sub-commands stand where the spider of other commands does. */
async function placesOfGroup(group: Command, commands: readonly Command[]): Promise<Place[]> {
  const [itself] = await placesOf({ ...group, commands: undefined });
  const below = await Promise.all(commands.map(async (command) => {
    const [place] = await placesOf(command);
    const slots = [...itself!.slots, ...place!.slots];
    return { ...place!, command: group.name, spider: command.name, slots };
  }));
  return [itself!, ...below];
}

async function slot({ name, repeated, choices }: Positional, spiders: readonly string[]) {
  const words = [...spiders, ...await choices?.() ?? []];
  return { name, words, files: isFile(name), repeated: repeated ?? false };
}

function flag(name: string, option: Option): Flag {
  const called = valueName(option);
  return {
    long: `--${name}`,
    short: option.short === undefined ? null : `-${option.short}`,
    summary: option.summary,
    value: option.type === "boolean"
      ? null
      : { name: called, words: option.choices ?? [], files: isFile(called) },
    repeated: option.repeated ?? false,
  };
}

function isFile(name: string): boolean {
  return /\bFILE\b/.test(name);
}

/** A word in single quotes, as POSIX shells and zsh read them. */
export function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
