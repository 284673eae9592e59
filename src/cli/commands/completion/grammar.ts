import type { Option } from "../../../contract/option.ts";
import type { Spider } from "../../../contract/spider.ts";
import type { Command, Positional } from "../../command.ts";
import type { Topic } from "../../help/topic.ts";
import { common } from "../../common.ts";
import { optionsOf } from "../../parse.ts";
import { valueName } from "../../value.ts";

/** The possible values of a position: some words, any file, or unknown. */
export interface Choices {
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
  readonly value: (Choices & { readonly name: string }) | null;
  readonly repeated: boolean;
}

/** A word that is not an option. */
export interface Operand extends Choices {
  readonly name: string;
  readonly repeated: boolean;
}

/** What may follow a command, or a command and its spider. */
export interface CommandForm {
  /** The command's name. */
  readonly command: string;
  /** The name of the spider or sub-command; null before it is known, and where there is none. */
  readonly spider: string | null;
  readonly summary: string;
  readonly flags: readonly Flag[];
  /** In order; the spider is the first where there is one. */
  readonly operands: readonly Operand[];
}

/** All that may stand on a command line. */
export interface Grammar {
  /** Options of the program itself. */
  readonly flags: readonly Flag[];
  /** A command comes before its spiders. */
  readonly forms: readonly CommandForm[];
}

/** Reads the declarations of commands, of the spiders that they run, and of topics. */
export async function grammar(
  commands: readonly Command[],
  topics: readonly Topic[],
): Promise<Grammar> {
  const forms = await Promise.all(commands.map(formsOf));
  const words = [...commands, ...topics].map(({ name }) => name);
  const help: CommandForm = {
    command: "help",
    spider: null,
    summary: "Print help of a command, or a topic of the manual",
    flags: [],
    operands: [{ name: "COMMAND or TOPIC", words, files: false, repeated: false }],
  };
  const version = flag("version", { type: "boolean", summary: "print the version" });
  return {
    flags: [...Object.entries(common).map(([name, option]) => flag(name, option)), version],
    forms: [...forms.flat(), help],
  };
}

async function formsOf(command: Command): Promise<CommandForm[]> {
  if (command.commands !== undefined) return await formsOfGroup(command, command.commands);
  const spiders = await command.spiders?.();
  const names = spiders?.spiderNames() ?? [];
  const there = spiders === undefined ? [] : await spiders.pluginNames();
  const operands = await Promise.all(
    command.positionals.map((positional, at) => operandOf(positional, at === 0 ? there : [])),
  );
  const form = (spider: Spider | null): CommandForm => ({
    command: command.name,
    spider: spider?.name ?? null,
    summary: spider?.summary ?? command.summary,
    flags: Object.entries(optionsOf(command, spider)).map(([name, option]) => flag(name, option)),
    operands,
  });
  const loaded = await Promise.all(names.map((name) => spiders!.loadSpider(name)));
  return [form(null), ...loaded.filter((spider) => spider !== undefined).map(form)];
}

/** Sub-commands stand where the spider of other commands does; of theirs the names are completed. */
async function formsOfGroup(group: Command, commands: readonly Command[]): Promise<CommandForm[]> {
  const [form] = await formsOf({ ...group, commands: undefined });
  const words = commands.map(({ name }) => name);
  const choice: Operand = { name: "COMMAND", words, files: false, repeated: false };
  const itself = group.isGroup ? form! : { ...form!, operands: [choice] };
  const below = await Promise.all(commands.map(async (command) => {
    const [form] = await formsOf({ ...command, commands: undefined });
    const operands = [...itself.operands, ...form!.operands];
    return { ...form!, command: group.name, spider: command.name, operands };
  }));
  return [itself, ...below];
}

async function operandOf({ name, repeated, choices }: Positional, spiders: readonly string[]) {
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
