import type { Option, Options } from "../../contract/option.ts";
import type { Spider } from "../../contract/spider.ts";
import { type Command, type Positional, SECTIONS } from "../command.ts";
import { armsOf } from "../../measure/arms.ts";
import { common } from "../common.ts";
import { defaultValues } from "../default_value.ts";
import { optionsOf } from "../parse.ts";
import { valueName } from "../value.ts";
import { type Block, type Document, plain, type Row } from "./document.ts";
import type { Topic } from "./topic.ts";

/** The widest label that its text may stand beside. */
const LABEL_WIDTH = 26;

/** Help of the whole program. */
export function programPage(commands: readonly Command[], topics: readonly Topic[]): Document {
  const page = new Page()
    .text(
      "spider measures path transparency: whether the paths from this host to many targets " +
        "let a protocol feature through.",
    )
    .section("Usage", [
      { label: "spider COMMAND [OPTIONS]", text: "" },
      { label: "spider --plugin SPIDER [OPTIONS]    (as spider measure SPIDER)", text: "" },
    ]);
  for (const section of SECTIONS) {
    page.section(section, named(commands.filter((command) => command.section === section)));
  }
  return page.section("Topics", named(topics))
    .section("Options", [
      ...optionRows(common),
      {
        label: "    --version",
        text: "print version, Deno, kind of build and hash of the wasm modules",
      },
    ])
    .text(
      "spider help COMMAND, or spider COMMAND --help, says more; spider help TOPIC shows a page of the " +
        "manual.",
    )
    .blocks;
}

/** Help of a command that has sub-commands. */
export function groupPage(command: Command): Document {
  const page = new Page().text(command.summary)
    .section("Usage", [{ label: `spider ${command.name} COMMAND [OPTIONS]`, text: "" }]);
  for (const paragraph of command.about ?? []) page.text(paragraph);
  return page.section("Commands", named(command.commands!))
    .section("Options", optionRows(common))
    .section(
      "Examples",
      command.examples.map(({ line, does }) => ({ label: line, text: does })),
      0,
    )
    .text(`spider ${command.name} COMMAND --help says more.`)
    .blocks;
}

/**
 * Help of a command; of one of its spiders too, when it is named. `spiders` are the names to list
 * when none is.
 */
export function commandPage(
  command: Command,
  spider: Spider | null,
  spiders: readonly string[],
): Document {
  const name = spider === null ? command.name : `${command.name} ${spider.name}`;
  const positionals = command.positionals.slice(spider === null ? 0 : 1);
  const page = new Page()
    .text(spider === null ? command.summary : `${command.summary}: ${spider.summary}`)
    .section("Usage", [
      { label: ["spider", name, "[OPTIONS]", ...positionals.map(shape)].join(" "), text: "" },
    ]);
  for (const paragraph of command.about ?? []) page.text(paragraph);
  page.section("Commands", named(command.commands ?? []));
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
  return page.blocks;
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

/** What is listed by name. */
function named(all: readonly { readonly name: string; readonly summary: string }[]): Row[] {
  return all.map(({ name, summary }) => ({ label: name, text: summary }));
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

/** A page, from its beginning. */
class Page {
  readonly blocks: Block[] = [];

  text(text: string): this {
    this.blocks.push({ kind: "text", spans: plain(text) });
    return this;
  }

  /** Nothing where there are no rows. */
  section(title: string, rows: readonly Row[], labelWidth = LABEL_WIDTH): this {
    if (rows.length === 0) return this;
    this.blocks.push(
      { kind: "heading", level: 2, spans: plain(title) },
      { kind: "rows", rows, labelWidth },
    );
    return this;
  }
}
