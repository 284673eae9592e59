import { LOCALISED } from "../../contract/locate.ts";
import type { Spider } from "../../contract/spider.ts";
import { OWN_CONDITIONS } from "../../measure/condition_names.ts";
import { bundledNames, loadBundled } from "../../plugin/bundled.ts";
import { type Block, type Document, plain, type Span } from "./document.ts";

/** The topic `conditions`: those that the spiders declare, and those of the program itself. */
export async function conditionsPage(): Promise<Document> {
  const spiders = await Promise.all(
    bundledNames("spider").map(async (name) => (await loadBundled("spider", name))!),
  );
  return [
    heading(1, "Conditions"),
    text(
      "What a spider concludes about a target. A capital letter that stands alone is a value, as in " +
        "dscp.N.replymark:M, of which dscp.46.replymark:0 is one.",
    ),
    heading(2, "Of every spider"),
    table(OWN_CONDITIONS),
    ...spiders.flatMap(ofSpider),
    heading(2, "Of the place on the path"),
    text(
      "spider measure --locate adds these, behind the name of the feature, as in " +
        "dscp.46.changed_at:3-4; spider help locating says more.",
    ),
    table(LOCALISED),
  ];
}

function ofSpider({ name, summary, conditions, letters = {}, options = {} }: Spider): Block[] {
  const meanings = Object.entries(letters).map(([letter, option]) => {
    const { default: usual } = options[option]!;
    const missing = usual === undefined ? "" : `, ${usual} when missing`;
    return text(`${letter} is what --${option} says${missing}.`);
  });
  return [heading(2, name), text(`${summary}.`), table(conditions), ...meanings];
}

function heading(level: number, title: string): Block {
  return { kind: "heading", level, spans: plain(title) };
}

function text(text: string): Block {
  return { kind: "text", spans: plain(text) };
}

function table(conditions: Readonly<Record<string, string>>): Block {
  const code = (text: string): readonly Span[] => [{ text, tone: "code" }];
  return {
    kind: "table",
    titles: [plain("condition"), plain("meaning")],
    rows: Object.entries(conditions).map(([name, meaning]) => [code(name), plain(meaning)]),
  };
}
