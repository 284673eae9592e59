import { assertEquals, assertRejects } from "@std/assert";
import { gzipSync } from "node:zlib";
import { Failure } from "../../src/host/failure.ts";
import { PrefixTable } from "../../src/probe/prefix_table.ts";

async function read(content: string | Uint8Array): Promise<PrefixTable> {
  const path = Deno.makeTempFileSync();
  try {
    if (typeof content === "string") Deno.writeTextFileSync(path, content);
    else Deno.writeFileSync(path, content);
    return await PrefixTable.read(path);
  } finally {
    Deno.removeSync(path);
  }
}

const LINES = [
  "10.0.0.0\t8\t64500",
  "10.20.0.0\t16\t64501_64502",
  "10.20.128.0\t17\t64503,64504",
  "10.20.128.4\t30\t64505",
  "192.0.2.1\t32\t64506",
  "2001:db8::\t32\t64507",
  "2001:db8:8000::\t33\t64508",
];

const EXPECTED: readonly [string, string | null][] = [
  ["10.1.2.3", "64500"],
  ["10.20.127.255", "64501_64502"],
  ["10.20.128.1", "64503_64504"],
  ["10.20.128.3", "64503_64504"],
  ["10.20.128.4", "64505"],
  ["10.20.128.7", "64505"],
  ["10.20.128.8", "64503_64504"],
  ["192.0.2.1", "64506"],
  ["192.0.2.2", null],
  ["2001:db8:7fff::1", "64507"],
  ["2001:db8:8000::1", "64508"],
  ["2001:db9::1", null],
  ["a00::1", null], // the octets of 10.0.0.0, in the other family
];

Deno.test("the longest prefix that holds an address counts, in every form of table", async () => {
  const slashed = LINES.map((line) => line.replace("\t", "/"));
  const forms: Readonly<Record<string, string>> = {
    pfx2as: LINES.join("\n"),
    slashed: slashed.join("\n"),
    "with AS": slashed.map((line) => line.replace("\t", " AS")).join("\r\n"),
    csv: "prefix,asn\n" +
      slashed.map((line) => line.replace("64503,64504", "64503_64504").replace("\t", ",")).join(
        "\n",
      ),
    commented: `# made by hand\n\n${LINES.toReversed().join("\n")}\n`,
  };
  for (const [name, text] of Object.entries(forms)) {
    for (const content of [text, gzipSync(text)]) {
      const table = await read(content);
      assertEquals(EXPECTED.map(([address]) => [address, table.of(address)]), EXPECTED, name);
    }
  }
});

Deno.test("a default route holds every address of its family", async () => {
  const table = await read("0.0.0.0/0 64500\n");
  assertEquals([table.of("203.0.113.9"), table.of("2001:db8::1")], ["64500", null]);
});

Deno.test("a line that is no prefix and AS number is reported with its number", async () => {
  for (
    const line of [
      "10.0.0.0/33 64500",
      "10.0.0.0 64500",
      "10.0.0.0/8",
      "10.0.0/8 64500",
      "10.0.0.0/8 none",
      "2001:db8::/129 1",
      "example.org/8 64500",
    ]
  ) {
    await assertRejects(() => read(`# one\n${line}\n`), Failure, "line 2, ", line);
  }
  await assertRejects(() => PrefixTable.read("/nonexistent"), Failure, "no such file");
});
