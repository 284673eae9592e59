import { cleanedLines } from "../../../target/quote.ts";

/** A piece of HTML or XML, which comes into a document as it is. */
export class Markup {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** No markup. */
export const NOTHING = new Markup("");

/** What stands in the places of a template. */
export type Piece = string | number | Markup | readonly Markup[];

/**
 * A piece of HTML or XML, made of a template. A text in one of its places is a stranger's: it comes out
 * as nothing but text, in an element as between quotation marks, with `?` for control characters, most
 * of which XML 1.0 does not allow.
 */
export function markup(template: TemplateStringsArray, ...pieces: readonly Piece[]): Markup {
  return new Markup(
    template.map((text, at) => text + (at < pieces.length ? written(pieces[at]!) : "")).join(""),
  );
}

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

function written(piece: Piece): string {
  if (piece instanceof Markup) return piece.text;
  if (typeof piece === "object") return piece.map(({ text }) => text).join("\n");
  return cleanedLines(String(piece)).replaceAll(/[&<>"']/g, (character) => ENTITIES[character]!);
}
