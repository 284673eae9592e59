/** Tables that are made from declarations. */
import { relative } from "node:path/posix";
import { fileURLToPath } from "node:url";
import { defaultValues } from "../../src/cli/default_value.ts";
import { topics } from "../../src/cli/help/topics.ts";
import { allCommands } from "../../src/cli/registry.ts";
import type { ConnectionType } from "../../src/connect/connection_type.ts";
import { connectionTypes } from "../../src/connect/registry.ts";
import { isProgram } from "../../src/lab/box/queues.ts";
import { armsOf } from "../../src/measure/arms.ts";
import { chains } from "../../src/observe/chains.ts";
import { bundledNames, loadBundled } from "../../src/plugin/bundled.ts";
import { loadSpider, spiderNames } from "../../src/plugin/spiders.ts";
import { WORDS } from "../../src/plugin/testing/words.ts";
import { ROOT } from "../imports.ts";
import { pages, partOf, placeOf } from "./pages.ts";

/** The rows of the benchmark that the README shows. */
const HEADLINES = [
  "observe 1,080,000 packets, 120,000 flows, whole process",
  "measure ecn --connect tcp, 10,000 live targets, -w 500, whole process",
  "measure ecn http, 10,000 targets, 2 % dead, five kinds of middlebox",
];

/** Every command. */
export async function commandTable(): Promise<string> {
  return table(
    ["command", "does"],
    (await allCommands()).map(({ name, summary }) => [code(`spider ${name}`), summary]),
  );
}

/** Every topic; those that are files with a link to them. */
export function topicTable(): string {
  const files = pages().map((page) => relative(fileURLToPath(ROOT), fileURLToPath(page)));
  return table(
    ["topic", "about"],
    topics.map(({ name, summary }) => {
      const file = files.find((path) => path.endsWith(`/${name}.md`));
      return [file === undefined ? code(name) : `[${name}](${file})`, summary];
    }),
  );
}

/** Every middlebox, those of the program with a star, and the types of their values. */
export async function middleboxTable(): Promise<string> {
  const boxes = await Promise.all(
    bundledNames("middlebox").map(async (name) => (await loadBundled("middlebox", name))!),
  );
  return table(
    ["name", "does", "value"],
    boxes.map((box) => {
      const { name, summary, references = [], value, relays } = box;
      return [
        `${code(name)}${isProgram(box) || relays !== undefined ? " \\*" : ""}`,
        [summary, ...references].join(", "),
        value === undefined
          ? ""
          : value.default === undefined
          ? value.summary
          : `${value.summary}; ${value.default} when missing`,
      ];
    }),
  );
}

/** Every service that can be tested, or every one that tests, with what it speaks. */
export async function serviceTable(type: "iut" | "tester"): Promise<string> {
  const services = await Promise.all(
    bundledNames("service").map(async (name) => (await loadBundled("service", name))!),
  );
  return table(
    [type === "iut" ? "service" : "tester", "is", "speaks", "Debian package"],
    services.filter((one) => one.type === type).map(({ name, summary, speaks, package: from }) => [
      code(name),
      summary,
      speaks.map(({ protocol, versions }) => `${protocol}: ${versions.join(", ")}`).join("; "),
      code(from),
    ]),
  );
}

/** Every environment, with what it takes. */
export async function environmentTable(): Promise<string> {
  const environments = await Promise.all(
    bundledNames("environment").map(async (name) => (await loadBundled("environment", name))!),
  );
  return table(
    ["environment", "type", "is", "options", "Debian package"],
    environments.map(({ name, type, summary, options = {}, package: from }) => [
      code(name),
      type,
      summary,
      Object.keys(options).map(code).join(" "),
      from === undefined ? "" : code(from),
    ]),
  );
}

/** Every observer. */
export async function observerTable(): Promise<string> {
  const observers = await Promise.all(
    bundledNames("observer").map(async (name) => (await loadBundled("observer", name))!),
  );
  return table(
    ["observer", "does", "options"],
    observers.map(({ name, summary, options = {} }) => [
      code(name),
      summary,
      Object.keys(options).map(code).join(" "),
    ]),
  );
}

/** Every spider that ships with the program. */
export async function spiderTable(): Promise<string> {
  const spiders = await Promise.all(
    spiderNames().map(async (name) => (await loadSpider(name))!),
  );
  return table(
    ["spider", "measures", "arms", "`--connect`", "options of its own"],
    spiders.map((spider) => {
      const { name, summary, references = [], options = {}, connect } = spider;
      const arms = armsOf(spider, defaultValues(options));
      return [
        code(name),
        [summary, ...references].join(", "),
        ...[
          arms.map((arm) => arm.name),
          connect,
          Object.keys(options).map((option) => `--${option}`),
        ].map((names) => names.map(code).join(" ")),
      ];
    }),
  );
}

/** Every chain that ships with the program. */
export function chainTable(): string {
  return table(
    ["chain", "observes", "fields"],
    chains().map(({ name, summary, fields }) => [
      name,
      summary,
      fields.map((field) => field.name).join(" "),
    ]),
  );
}

/** The connection types, and what the fields mean that they add to a record. */
export function connectionTable(): string {
  const types = [...connectionTypes.values()];
  const asked = ({ options }: ConnectionType) =>
    options === undefined
      ? ""
      : `${code(options.member)} with ${Object.keys(options.values).map(code).join(", ")}`;
  const fields = new Map(types.flatMap(({ fields }) => Object.entries(fields)));
  const adding = (field: string) => types.filter(({ fields }) => Object.hasOwn(fields, field));
  return [
    table(
      ["type", "is", "port", "an arm may give"],
      types.map((type) => [code(type.name), type.summary, String(type.defaultPort), asked(type)]),
    ),
    table(
      ["field of a record", "with", "meaning"],
      [...fields].map(([field, meaning]) => [
        code(field),
        adding(field).map(({ name }) => code(name)).join(", "),
        meaning,
      ]),
    ),
  ].join("\n\n");
}

/** The words of the language in which tests of plugins write packets. */
export function wordTable(): string {
  const rows = Object.entries(WORDS).filter(([name]) => name !== "octets").map((
    [name, { takes = [], only, summary }],
  ) => {
    const values = takes.map((value) => value.endsWith("?") ? `[${value.slice(0, -1)}]` : value);
    const word = [name, ...values].join(" ").replaceAll("|", "\\|");
    return [code(word), only?.join(", ") ?? "any", summary];
  });
  return table(["word", "of", "meaning"], rows);
}

/** Some figures of the benchmark's table, without what they had to reach. */
export function headline(): string {
  const rows = partOf(Deno.readTextFileSync(placeOf("bench")), "bench").split("\n")
    .map((line) => line.split("|").slice(1, 4).map((cell) => cell.trim()));
  const shown = HEADLINES.map((work) => {
    const row = rows.find(([name]) => name === work);
    if (row === undefined) throw new Error(`the benchmark has no row for ${work}`);
    return row;
  });
  return table(["work", "spider", "peers and bare loops, in the same run"], shown);
}

function table(titles: readonly string[], rows: readonly (readonly string[])[]): string {
  return [titles, titles.map(() => "---"), ...rows].map((row) => `| ${row.join(" | ")} |`).join(
    "\n",
  );
}

function code(text: string): string {
  return `\`${text}\``;
}
