import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import fc from "fast-check";
import { lexer, type Token, type Tokens } from "marked";
import { reportMarkdown } from "../../../../src/lab/experiment/result/markdown.ts";
import {
  hostileReport,
  hostileText,
  sampleCell,
  sampleFailure,
  sampleReport,
  sampleTest,
} from "./sample.ts";
import { asBlock, asCode, asText } from "../../../../src/lab/experiment/result/markdown_text.ts";
import { cleaned } from "../../../../src/target/quote.ts";

/** What tokens are made of. */
interface Parts {
  readonly tokens?: readonly Token[];
  readonly items?: readonly Token[];
  readonly header?: readonly Tokens.TableCell[];
  readonly rows?: readonly (readonly Tokens.TableCell[])[];
}

/** All tokens, however deep. */
function tokensIn(tokens: readonly Token[]): Token[] {
  return tokens.flatMap((token) => {
    const { tokens: inner = [], items = [], header = [], rows = [] } = token as Parts;
    const cells = [...header, ...rows.flat()].flatMap(({ tokens }) => tokens);
    return [token, ...tokensIn([...inner, ...items, ...cells])];
  });
}

/** What a reader sees of a line of Markdown. */
function seen(markdown: string): string {
  return tokensIn(lexer(markdown)).filter((token) =>
    ["text", "escape", "codespan"].includes(token.type) && !("tokens" in token)
  ).map((token) => (token as Tokens.Text).text).join("");
}

Deno.test("verdicts stand in a table of middleboxes, and in a list where there is no matrix", () => {
  const text = reportMarkdown(sampleReport([
    sampleCell({ middlebox: "transparent", ip: 4 }),
    sampleCell({ middlebox: "transparent", ip: 6 }),
    sampleCell({ middlebox: "ecn-clear", ip: 4 }),
    sampleFailure(),
    sampleTest({ id: "h2", test: "h2", state: "error", blame: "experiment", problem: "Too slow." }),
  ]));
  assertStringIncludes(text, "5 tests in 12.3 s: 3 completed, 1 failed, 1 error.");
  assertStringIncludes(
    text,
    "| middlebox | ip=4 | ip=6 |\n| --- | --- | --- |\n" +
      "| `transparent` | completed | completed |\n| `ecn-clear` | completed | failed |\n",
  );
  assertStringIncludes(text, "| `h2` | error | 3.0 s |");
  assertStringIncludes(text, "### `h2`: error (experiment)\n\nToo slow.\n");
  assertStringIncludes(text, "| spider | 0.1.0 |\n| nginx | nginx version: nginx/1.22.1 |");
});

Deno.test("a failure has the expectations it missed, and causes with evidence, the likeliest first", () => {
  const text = reportMarkdown(sampleReport([sampleTest(), sampleFailure()]));
  assertStringIncludes(
    text,
    `
### \`ecn[middlebox=ecn-clear,ip=6]\`: failed (path)

- \`must ecn.connectivity.works\`: missed 3 of 4
- \`flow mark true\`: missed 1 of 4, which have false

Likely causes:

1. path: The middlebox ecn-clear treats the feature otherwise than is expected.
   \`\`\`text
   3 of 4 results: ecn.connectivity.broken
   1 of 4 results: works
   \`\`\`
2. service: The service web did not last.
`,
  );
  assertEquals(/## Failures/.test(reportMarkdown(sampleReport())), false);
});

Deno.test("what traces and localisations found stands behind the failures, by tests", () => {
  const text = reportMarkdown(sampleReport([sampleTest(), sampleFailure()]));
  assertStringIncludes(
    text,
    `
## On the way

### \`ecn[middlebox=ecn-clear,ip=6]\`

- trace to 10.20.0.1: 1 10.0.0.1 0.138 ms, 2 \\*, 3 10.0.0.3 and 10.0.1.3 2.000 ms, 4-5 \\*; it did not answer
- locate dscp:46 to 10.20.0.1: dscp_46: dscp 46 becomes 0 between a and b. The target did not answer.

## Versions
`,
  );
  assertEquals(/## On the way/.test(reportMarkdown(sampleReport())), false);
});

Deno.test("a run that was interrupted says so", () => {
  const text = reportMarkdown(sampleReport([sampleTest()], { interrupted: true }));
  assertStringIncludes(
    text,
    "1 test in 12.3 s: 1 completed, 0 failed, 0 error; it was interrupted",
  );
});

Deno.test("a stranger's text in Markdown is nothing but text, all of it", () => {
  fc.assert(fc.property(hostileText, (text) => {
    const expected = cleaned(text).trim();
    assertEquals(lexer(asText(text)).map(({ type }) => type), expected === "" ? [] : ["paragraph"]);
    for (const written of [asText(text), asCode(text)]) {
      assertEquals(seen(`x ${written}`).slice(2).trim(), expected, written);
      const table = lexer(`| a | b |\n| --- | --- |\n| ${written} | c |`)[0] as Tokens.Table;
      assertEquals(table.rows[0]!.length, 2);
      assertEquals(table.rows[0]![1]!.text, "c");
    }
    const [block, ...others] = lexer(asBlock([text, "z"])) as Tokens.Code[];
    assertEquals([block!.type, block!.text, others.length], ["code", `${cleaned(text)}\nz`, 0]);
  }));
});

Deno.test("hostile texts make no HTML, no link, and no further part", () => {
  const kinds = (report: Parameters<typeof reportMarkdown>[0]) =>
    lexer(reportMarkdown(report)).filter(({ type }) => type !== "space").map(({ type }) => type);
  fc.assert(fc.property(hostileReport, (report) => {
    const tokens = tokensIn(lexer(reportMarkdown(report)));
    assert(tokens.every(({ type }) => !["html", "image", "link"].includes(type)));
    assert(kinds(report).every((type) => ["heading", "paragraph", "table", "list"].includes(type)));
  }));
});
