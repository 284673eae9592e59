import type { Command } from "../../src/cli/command.ts";
import { commandPage, groupPage, programPage } from "../../src/cli/help/declared.ts";
import { type Block, type Document, plain, textOf } from "../../src/cli/help/document.ts";
import { topics } from "../../src/cli/help/topics.ts";
import { allCommands } from "../../src/cli/registry.ts";

/** A man page. */
export interface ManPage {
  readonly name: string;
  /** 1 for commands, 7 for topics. */
  readonly section: 1 | 7;
  /** One line without a full stop. */
  readonly summary: string;
  readonly body: Document;
  /** Pages that belong to it, such as `spider(1)`. */
  readonly seeAlso: readonly string[];
}

const PROGRAM = "spider(1)";

/** Every page: from the declarations of commands and spiders, and from the topics. */
export async function manPages(): Promise<ManPage[]> {
  const commands = await allCommands();
  const ofCommands = (await Promise.all(commands.map(commandPages))).flat();
  const ofTopics = await Promise.all(
    topics.map(async ({ name, summary, page }): Promise<ManPage> => {
      const [, ...body] = await page();
      return {
        name: `spider-${name}`,
        section: 7,
        summary,
        body: [title("Description"), ...body],
        seeAlso: [PROGRAM],
      };
    }),
  );
  const all = [...ofCommands, ...ofTopics];
  const seeAlso = all.map(({ name, section }) => `${name}(${section})`);
  const body = asManPage(programPage(commands, topics));
  return [
    { name: "spider", section: 1, summary: "Measure path transparency", body, seeAlso },
    ...all,
  ];
}

/** The page of a command, and those of its sub-commands and spiders. */
async function commandPages(command: Command): Promise<ManPage[]> {
  const name = `spider-${command.name.replaceAll(" ", "-")}`;
  const own = { name, section: 1, summary: command.summary, seeAlso: [PROGRAM] } as const;
  if (command.commands !== undefined) {
    const below = await Promise.all(command.commands.map(async (one) => {
      const [page, ...others] = await commandPages({ ...one, name: `${command.name} ${one.name}` });
      return [{ ...page!, seeAlso: [`${name}(1)`] }, ...others];
    }));
    const body = command.isGroup ? groupPage(command) : commandPage(command, null, []);
    return [{ ...own, body: asManPage(body) }, ...below.flat()];
  }
  const spiders = await command.spiders?.();
  const names = spiders?.spiderNames() ?? [];
  const below = await Promise.all(names.map(async (word) => {
    const spider = (await spiders!.loadSpider(word))!;
    const body = asManPage(commandPage(command, spider, []));
    const { summary } = spider;
    return { ...own, name: `${name}-${word}`, summary, body, seeAlso: [`${name}(1)`] };
  }));
  return [{ ...own, body: asManPage(commandPage(command, null, names)) }, ...below];
}

/** Help as man pages have it: its usage is the synopsis, and what it says then is the description. */
function asManPage([, ...body]: Document): Document {
  const at = body.findIndex((block) => block.kind === "heading" && textOf(block.spans) === "Usage");
  const [usage, synopsis, ...rest] = body.slice(at);
  if (usage === undefined || synopsis === undefined) throw new Error("help without its usage");
  const about = rest[0]?.kind === "text" ? [title("Description")] : [];
  return [...body.slice(0, at), title("Synopsis"), synopsis, ...about, ...rest];
}

function title(text: string): Block {
  return { kind: "heading", level: 2, spans: plain(text) };
}
