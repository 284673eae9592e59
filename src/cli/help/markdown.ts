import { lexer, type Token, type Tokens } from "marked";
import type { Block, Document, Span } from "./document.ts";

/**
 * Reads a page that is written in Markdown: headings, paragraphs, lists, tables and code. Comments are
 * left out, and of a link within the sources its text stays.
 *
 * @throws {Error} when it has what no page may have, such as a picture or a list with numbers
 */
export function fromMarkdown(text: string): Document {
  return lexer(text).flatMap(block);
}

function block(token: Token): readonly Block[] {
  switch (token.type) {
    case "space":
    case "html":
      return [];
    case "heading": {
      const { depth, tokens } = token as Tokens.Heading;
      return [{ kind: "heading", level: depth, spans: spans(tokens) }];
    }
    case "paragraph":
      return [{ kind: "text", spans: spans((token as Tokens.Paragraph).tokens) }];
    case "code":
      return [{ kind: "code", text: (token as Tokens.Code).text }];
    case "list": {
      const { items, ordered } = token as Tokens.List;
      if (ordered) break;
      return [{ kind: "list", items: items.map(({ tokens }) => tokens.flatMap(inline)) }];
    }
    case "table": {
      const { header, rows } = token as Tokens.Table;
      return [{
        kind: "table",
        titles: header.map(({ tokens }) => spans(tokens)),
        rows: rows.map((row) => row.map(({ tokens }) => spans(tokens))),
      }];
    }
  }
  throw new Error(`the manual has no place for ${token.type}: ${token.raw}`);
}

function spans(tokens: readonly Token[]): readonly Span[] {
  return tokens.flatMap(inline);
}

function inline(token: Token): readonly Span[] {
  switch (token.type) {
    case "text": {
      const { text, tokens } = token as Tokens.Text;
      return tokens === undefined ? [span(text, "plain")] : spans(tokens);
    }
    case "escape":
      return [span((token as Tokens.Escape).text, "plain")];
    case "codespan":
      return [span((token as Tokens.Codespan).text, "code")];
    case "strong":
      return [span((token as Tokens.Strong).text, "strong")];
    case "link": {
      const { href, text, tokens } = token as Tokens.Link;
      const beyond = /^https?:/.test(href) && href !== text;
      return beyond ? [...spans(tokens), span(` (${href})`, "plain")] : spans(tokens);
    }
  }
  throw new Error(`the manual has no place for ${token.type}: ${token.raw}`);
}

/** Lines of the source are no lines of the page. */
function span(text: string, tone: Span["tone"]): Span {
  return { text: text.replaceAll("\n", " "), tone };
}
