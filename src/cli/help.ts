// @ts-types="../types/colors.d.ts"
import { bold, cyan } from "@std/fmt/colors";
import type { Option, Options } from "../contract/option.ts";
import type { Spider } from "../contract/spider.ts";
import type { Command, Positional } from "./command.ts";
import { armsOf } from "../measure/arms.ts";
import { common } from "./common.ts";
import { defaultValues } from "./default_value.ts";
import { optionsOf } from "./parse.ts";
import { valueName } from "./value.ts";
import { tableLines } from "./terminal/table.ts";
import { wrap } from "./terminal/wrap.ts";

/** How help is set: characters a line, and whether it may hold colours. */
export interface Style {
  readonly width: number;
  readonly colour: boolean;
}

/** One row of a section. */
interface Row {
  readonly label: string;
  readonly text: string;
}

/** The widest label that its text may stand beside. */
const LABEL_WIDTH = 26;

/** Help of the whole program. */
export function programHelp(commands: readonly Command[], style: Style): string {
  const rows = commands.map(({ name, summary }) => ({ label: name, text: summary }));
  return new Page(style)
    .text(
      "spider measures path transparency: whether the paths from this host to many targets " +
        "let a protocol feature through.",
    )
    .section("Usage", [
      { label: "spider COMMAND [OPTIONS]", text: "" },
      { label: "spider --plugin SPIDER [OPTIONS]    (as spider measure SPIDER)", text: "" },
    ])
    .section("Commands", rows)
    .section("Options", [
      ...optionRows(common),
      {
        label: "    --version",
        text: "print version, Deno, kind of build and hash of the wasm module",
      },
    ])
    .text("spider help COMMAND, or spider COMMAND --help, says more.")
    .toString();
}

/** Help of a command that has sub-commands. */
export function groupHelp(command: Command, style: Style): string {
  const rows = command.commands!.map(({ name, summary }) => ({ label: name, text: summary }));
  const page = new Page(style).text(command.summary)
    .section("Usage", [{ label: `spider ${command.name} COMMAND [OPTIONS]`, text: "" }]);
  for (const paragraph of command.about ?? []) page.text(paragraph);
  return page.section("Commands", rows)
    .section("Options", optionRows(common))
    .section(
      "Examples",
      command.examples.map(({ line, does }) => ({ label: line, text: does })),
      0,
    )
    .text(`spider ${command.name} COMMAND --help says more.`)
    .toString();
}

/**
 * Help of a command; of one of its spiders too, when it is named. `spiders` are the names to list
 * when none is.
 */
export function commandHelp(
  command: Command,
  spider: Spider | null,
  spiders: readonly string[],
  style: Style,
): string {
  const name = spider === null ? command.name : `${command.name} ${spider.name}`;
  const positionals = command.positionals.slice(spider === null ? 0 : 1);
  const page = new Page(style)
    .text(spider === null ? command.summary : `${command.summary}: ${spider.summary}`)
    .section("Usage", [
      { label: ["spider", name, "[OPTIONS]", ...positionals.map(shape)].join(" "), text: "" },
    ]);
  for (const paragraph of command.about ?? []) page.text(paragraph);
  page.section(
    "Arguments",
    positionals.map(({ name, summary }) => ({ label: name, text: summary })),
  );
  if (spiders.length > 0) page.section("Spiders", [{ label: spiders.join("  "), text: "" }]);
  if (spider !== null) describeSpider(page, spider);
  const own = optionsOf(command, spider);
  const spidersOwn = spider?.options ?? {};
  const rest = Object.entries(own).filter(([name]) => !Object.hasOwn(spidersOwn, name));
  page.section(`Options of ${spider?.name}`, optionRows(spidersOwn));
  page.section("Options", optionRows(Object.fromEntries(rest)));
  page.section(
    "Examples",
    command.examples.map(({ line, does }) => ({ label: line, text: does })),
    0,
  );
  return page.toString();
}

function describeSpider(page: Page, spider: Spider): void {
  const { conditions, connect, references } = spider;
  const arms = armsOf(spider, defaultValues(spider.options));
  page.section("Spider", [
    { label: "arms", text: arms.map(({ name }) => name).join(", ") },
    { label: "connect", text: connect.join(", ") },
    ...(references === undefined ? [] : [{ label: "see", text: references.join(", ") }]),
  ]);
  page.section(
    "Conditions",
    Object.entries(conditions).map(([label, text]) => ({ label, text })),
  );
}

function shape({ name, optional, repeated }: Positional): string {
  const word = repeated ? `${name}...` : name;
  return optional ? `[${word}]` : word;
}

function optionRows(options: Options): Row[] {
  return Object.entries(options).map(([name, option]) => {
    const short = option.short === undefined ? "    " : `-${option.short}, `;
    const value = option.type === "boolean" ? "" : ` ${valueName(option)}`;
    return { label: `${short}--${name}${value}`, text: option.summary + details(option) };
  });
}

/** What may be given, and what holds when nothing is, in brackets. */
function details({ choices, minimum, maximum, default: preset }: Option): string {
  const parts: string[] = [];
  if (choices !== undefined) parts.push(choices.join(", "));
  if (minimum !== undefined && maximum !== undefined) parts.push(`${minimum} to ${maximum}`);
  else if (minimum !== undefined) parts.push(`${minimum} or more`);
  else if (maximum !== undefined) parts.push(`${maximum} or less`);
  if (preset !== undefined && preset !== false) parts.push(`default ${preset}`);
  return parts.length === 0 ? "" : ` [${parts.join("; ")}]`;
}

/** Blocks of text with an empty line between them. */
class Page {
  readonly #blocks: string[] = [];
  constructor(readonly style: Style) {}

  text(text: string): this {
    this.#blocks.push(wrap(text, this.style.width).join("\n"));
    return this;
  }

  section(title: string, rows: readonly Row[], labelWidth = LABEL_WIDTH): this {
    if (rows.length === 0) return this;
    const { width, colour } = this.style;
    const lines = tableLines(
      [{ most: labelWidth, ...colour && { paint: cyan } }, {}],
      rows.map(({ label, text }) => [label, text]),
      { indent: 2, wrapAt: width, leastWrap: 20 },
    );
    this.#blocks.push([colour ? bold(title) : title, ...lines].join("\n"));
    return this;
  }

  toString(): string {
    return this.#blocks.join("\n\n") + "\n";
  }
}
