import type { Spider } from "../../contract/spider.ts";
import type { Command } from "../command.ts";
import type { Style } from "./terminal.ts";
import { commandPage, groupPage, programPage } from "./declared.ts";
import { render } from "./terminal.ts";
import type { Topic } from "./topic.ts";

/** How far the text of a topic stands from its headings. */
const TOPIC_MARGIN = 2;

/** The help of the whole program as text. */
export function programHelp(
  commands: readonly Command[],
  topics: readonly Topic[],
  style: Style,
): string {
  return render(programPage(commands, topics), style);
}

/** The help of a command that has sub-commands. */
export function groupHelp(command: Command, style: Style): string {
  return render(groupPage(command), style);
}

/** The help of a command, and of its spider when one was named; see {@linkcode commandPage}. */
export function commandHelp(
  command: Command,
  spider: Spider | null,
  spiders: readonly string[],
  style: Style,
): string {
  return render(commandPage(command, spider, spiders), style);
}

/** A page of the manual. */
export async function topicHelp(topic: Topic, style: Style): Promise<string> {
  return render(await topic.page(), style, TOPIC_MARGIN);
}
