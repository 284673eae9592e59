/** An element of XML, or of HTML that is XML too. */
export interface Element {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly (Element | string)[];
}

const TOKEN = /<\/([\w-]+)>|<([\w-]+)((?:\s+[\w:-]+="[^"<]*")*)\s*(\/?)>|([^<]+)/y;
const ATTRIBUTE = /([\w:-]+)="([^"]*)"/g;
const FORBIDDEN = /[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u;
const ENTITIES: Readonly<Record<string, string>> = {
  amp: "&",
  lt: "<",
  gt: ">",
  quot: '"',
  "#39": "'",
};

/** Reads a document as strictly as XML 1.0 wants it. Throws where it is not well-formed. */
export function readDocument(text: string): Element {
  const forbidden = FORBIDDEN.exec(text);
  if (forbidden !== null) throw new Error(`a forbidden character at ${forbidden.index}`);
  const root = { name: "", attributes: {}, children: [] as (Element | string)[] };
  const open = [root];
  TOKEN.lastIndex = /^(<\?xml [^>]*\?>|<!DOCTYPE html>)\n/.exec(text)?.[0].length ?? 0;
  while (TOKEN.lastIndex < text.length) {
    const at = TOKEN.lastIndex;
    const token = TOKEN.exec(text);
    if (token === null) throw new Error(`not well-formed: ${text.slice(at, at + 80)}`);
    const [, closed, opened, attributes, isEmpty, content] = token;
    if (closed !== undefined) {
      if (open.pop()!.name !== closed) throw new Error(`${closed} is not open at ${at}`);
    } else if (opened !== undefined) {
      const element = { name: opened, attributes: attributesIn(attributes!), children: [] };
      open.at(-1)!.children.push(element);
      if (isEmpty === "") open.push(element);
    } else open.at(-1)!.children.push(unescaped(content!));
  }
  const [element, ...others] = root.children.filter((child) =>
    typeof child !== "string" || child.trim() !== ""
  );
  if (open.length !== 1 || typeof element !== "object" || others.length > 0) {
    throw new Error("it is not one element");
  }
  return element;
}

function attributesIn(text: string): Record<string, string> {
  const attributes: Record<string, string> = {};
  for (const [, name, value] of text.matchAll(ATTRIBUTE)) {
    if (Object.hasOwn(attributes, name!)) throw new Error(`${name} stands twice`);
    attributes[name!] = unescaped(value!);
  }
  return attributes;
}

function unescaped(text: string): string {
  return text.replaceAll(/&([#\w]*;)?/g, (whole, name: string | undefined) => {
    const character = ENTITIES[name?.slice(0, -1) ?? ""];
    if (character === undefined) throw new Error(`${whole} is not known`);
    return character;
  });
}

/** All elements of a name, wherever they are. */
export function all(element: Element, name: string): Element[] {
  const inner = element.children.flatMap((child) =>
    typeof child === "string" ? [] : all(child, name)
  );
  return element.name === name ? [element, ...inner] : inner;
}

/** The text of an element, with blanks as a page shows them. */
export function textOf(element: Element): string {
  return rawText(element).replaceAll(/\s+/g, " ").trim();
}

/** The text of an element as it is. */
export function rawText({ children }: Element): string {
  return children.map((child) => typeof child === "string" ? child : rawText(child)).join("");
}
