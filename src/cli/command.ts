import type { Option, Options, OptionValue, OptionValues } from "../contract/option.ts";
import type { Spider } from "../contract/spider.ts";
import type { Streams } from "../host/streams.ts";
import type { Topic } from "./help/topic.ts";
import type { PluginSettings } from "../plugin/settings.ts";

/** A word of the command line that is not an option. */
export interface Positional {
  /** Its name in help, in capitals. */
  readonly name: string;
  /** What it means; one line without a full stop. */
  readonly summary: string;
  /** May be left out. */
  readonly optional?: boolean;
  /** May stand more than once; only for the last one. */
  readonly repeated?: boolean;
  /** The words that it may be, for completion. */
  choices?(): Promise<readonly string[]>;
}

/** An example command line, and what it does, as a sentence. */
export interface Example {
  readonly line: string;
  readonly does: string;
}

/** The spiders there are: what a command needs to know that runs one. */
export interface Spiders {
  /** Names of those that ship with the program, for help and suggestions. Loads none of them. */
  spiderNames(): readonly string[];
  /** Those and the plugins that can be named, of the usual places. Runs none of them. */
  pluginNames(): Promise<readonly string[]>;
  /** The spider of that name, at that path or URL; undefined when there is none of that name. */
  loadSpider(word: string, settings?: PluginSettings): Promise<Spider | undefined>;
  /** The spider with its arms under its options, and the chains that it names, ready to run. */
  withOptions(spider: Spider, options: OptionValues, settings?: PluginSettings): Promise<Spider>;
}

/** What was asked for on the command line, read and checked. */
export interface Invocation<Values = OptionValues> {
  /** The command's own options. */
  readonly options: Values;
  /** Positionals, without the name of the spider. */
  readonly positionals: readonly string[];
  /** The spider that was named; null for a command that runs none. */
  readonly spider: Spider | null;
  /** The options that the spider declares. */
  readonly spiderOptions: OptionValues;
}

/** The part of a command that does the work. */
export interface Runner<Values> {
  /**
   * Returns the exit status. Throws `Failure` for what the user can fix, `UsageError` for a command
   * line that turns out to be wrong.
   */
  run(invocation: Invocation<Values>, context: Context): Promise<number>;
}

/** The commands that there are. Loading all of their declarations takes longer than many a command. */
export interface CommandTable {
  /** The one of that name; undefined when there is none. */
  named(name: string): Promise<Command | undefined>;
  /** All, in the order of help. */
  all(): Promise<readonly Command[]>;
}

/** What a command is run with: the standard streams, which must not come from elsewhere. */
export interface Context extends Streams {
  /** For what is about commands. */
  readonly commands: CommandTable;
  /** Every topic of the manual. */
  readonly topics: readonly Topic[];
}

/** Sections of the program's help, in their order. */
export const SECTIONS = [
  "Measuring",
  "Probing",
  "Targets and results",
  "Labs",
  "This program",
] as const;

/** A command, declared once. Parsing, help and completion come from this declaration. */
export interface Command<O extends Options = Options> {
  readonly name: string;
  /** Where the program's help lists it; only of a sub-command there is none. */
  readonly section?: typeof SECTIONS[number];
  /** One line without a full stop. */
  readonly summary: string;
  /** Sentences for the command's own help, a paragraph each. */
  readonly about?: readonly string[];
  /** What may follow besides options, in order; the spider is the first when there is one. */
  readonly positionals: readonly Positional[];
  readonly options: O;
  /** After how many positionals the rest is another command line, whose options are not read here. */
  readonly passes?: number;
  readonly examples: readonly Example[];
  /** Its sub-commands, in the order of help. */
  readonly commands?: readonly Command[] | undefined;
  /** It is nothing but its sub-commands, as {@linkcode group} makes it. */
  readonly isGroup?: true;
  /** The command's first positional names a spider, found here. */
  readonly spiders?: () => Promise<Spiders>;
  /** What the spider that was named changes in the command's own options. */
  refine?(spider: Spider): { readonly [K in keyof O]?: Partial<Option> };
  /** Loads the code that runs it, so that help and errors do not. */
  load(): Promise<Runner<ValuesOf<O>>>;
}

/** A command that is nothing but its sub-commands, one file each. */
export function group(
  declared: Pick<Command, "name" | "section" | "summary" | "about"> & {
    readonly commands: readonly Command[];
  },
): Command {
  const names = declared.commands.map(({ name }) => name);
  return {
    ...declared,
    isGroup: true,
    positionals: [
      { name: "COMMAND", summary: "what to do", choices: () => Promise.resolve(names) },
    ],
    options: {},
    examples: declared.commands.flatMap(({ examples }) => examples.slice(0, 1)),
    load: () => Promise.reject(new Error(`${declared.name} does nothing by itself`)),
  };
}

/** The values that options of these declarations can have. */
export type ValuesOf<O extends Options> = {
  readonly [K in keyof O]: ValueOf<O[K]>;
};

type ValueOf<O extends Option> = O extends { repeated: true; type: "string" } ? readonly string[]
  : O extends { repeated: true } ? readonly number[]
  : Option extends O ? OptionValue
  : SingleOf<O>;

type SingleOf<O extends Option> =
  | {
    boolean: boolean;
    integer: number;
    number: number;
    string: string;
    endpoint: string;
  }[O["type"]]
  | (O extends { type: "boolean" } | { default: number | string } ? never : undefined);
