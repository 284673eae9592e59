/** One test, as it came out. */
export interface TestCase {
  readonly name: string;
  /** Its file, by path. */
  readonly file: string;
  readonly seconds: number;
  readonly outcome: "passed" | "failed" | "skipped";
}

const ENTITIES: Readonly<Record<string, string>> = {
  amp: "&",
  lt: "<",
  gt: ">",
  quot: '"',
  apos: "'",
};

/** The tests of a JUnit report, as Deno writes it: steps stand beside the tests that they belong to. */
export function readJunit(text: string): TestCase[] {
  return [...text.matchAll(/<testcase\s([^>]*?)(\/>|>([\s\S]*?)<\/testcase>)/g)]
    .map(([, attributes = "", , content = ""]) => {
      const of = (name: string) =>
        unescape(new RegExp(`\\b${name}="([^"]*)"`).exec(attributes)?.[1]);
      return {
        name: of("name"),
        file: of("classname"),
        seconds: Number(of("time")),
        outcome: /<(failure|error)\b/.test(content)
          ? "failed"
          : /<skipped\b/.test(content)
          ? "skipped"
          : "passed",
      } as const;
    });
}

function unescape(text = ""): string {
  return text.replace(/&(#x?[0-9a-f]+|\w+);/gi, (whole, name: string) => {
    if (!name.startsWith("#")) return ENTITIES[name] ?? whole;
    const hexadecimal = name[1]?.toLowerCase() === "x";
    return String.fromCodePoint(parseInt(name.slice(hexadecimal ? 2 : 1), hexadecimal ? 16 : 10));
  });
}
