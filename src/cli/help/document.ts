/** A span of text: plain, literal, or emphasised. */
export interface Span {
  readonly text: string;
  readonly tone: "plain" | "code" | "strong";
}

/** A label, and what it stands for. */
export interface Row {
  readonly label: string;
  readonly text: string;
}

/** A part of a page of the manual. */
export type Block =
  | { readonly kind: "heading"; readonly level: number; readonly spans: readonly Span[] }
  | { readonly kind: "text"; readonly spans: readonly Span[] }
  /** Labels, each with a text beside it, or below it where it is wider than `labelWidth`. */
  | { readonly kind: "rows"; readonly rows: readonly Row[]; readonly labelWidth: number }
  /** Lines that stay as they are. */
  | { readonly kind: "code"; readonly text: string }
  | { readonly kind: "list"; readonly items: readonly (readonly Span[])[] }
  | { readonly kind: "table"; readonly titles: Cells; readonly rows: readonly Cells[] };

/** The cells of a row of a table. */
export type Cells = readonly (readonly Span[])[];

/** A page of the manual, from a declaration or from Markdown, for a terminal or a man page. */
export type Document = readonly Block[];

/** Text without a tone, as a list of one span. */
export function plain(text: string): readonly Span[] {
  return [{ text, tone: "plain" }];
}

/** The text of spans. */
export function textOf(spans: readonly Span[]): string {
  return spans.map(({ text }) => text).join("");
}
