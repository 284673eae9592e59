/**
 * Makes the README's tables and sessions again from runs: what stands between
 * `<!-- begin: NAME -->` and `<!-- end: NAME -->`. Names on the command line choose some of them; what
 * takes long is made only when it is named.
 */
import { defaultValues } from "../src/cli/default_value.ts";
import { armsOf } from "../src/measure/arms.ts";
import { fileURLToPath } from "node:url";
import { Lab } from "../src/lab/lab.ts";
import { chains } from "../src/observe/chains.ts";
import { spiderNames } from "../src/plugin/bundled.ts";
import { loadSpider } from "../src/plugin/spiders.ts";

const README = fileURLToPath(new URL("../README.md", import.meta.url));
const script = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** Runs a command; what it wrote, standard error first when it is wanted. */
async function output(
  command: readonly string[],
  { errors = false, input = "", mayFail = false } = {},
): Promise<string> {
  const [program = "", ...args] = command;
  const child = new Deno.Command(program, {
    args,
    stdin: "piped",
    stdout: "piped",
    stderr: errors ? "piped" : "inherit",
    env: { NO_COLOR: "1" },
  }).spawn();
  const ended = child.output();
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(input));
  await writer.close();
  const result = await ended;
  const decoder = new TextDecoder();
  if (!result.success && !mayFail) throw new Error(`${command.join(" ")} failed`);
  return decoder.decode(result.stdout) + (errors ? decoder.decode(result.stderr) : "");
}

const deno = (path: string, ...args: string[]) => [
  ...[Deno.execPath(), "run", "--no-check", "-A", script(path)],
  ...args,
];

function fenced(text: string): string {
  return "```text\n" + text.trimEnd() + "\n```";
}

async function session(): Promise<string> {
  using lab = Lab.open();
  const targets = (["transparent", "drop-ecn-syn", "set-ce"] as const)
    .flatMap((kind) => lab.addresses(kind, 4, 1));
  const command = lab.exec(deno("../src/main.ts", "measure", "ecn", "--connect", "http"));
  const said = await output(command, { errors: true, input: targets.join("\n") + "\n" });
  const typed = [
    "$ cat targets",
    ...targets,
    "$ spider measure ecn --connect http < targets",
  ];
  return fenced([...typed, said].join("\n"));
}

async function trace(): Promise<string> {
  using lab = Lab.open({ routers: 5 });
  const targets = (["transparent", "unreachable", "drop-all"] as const)
    .flatMap((kind) => lab.addresses(kind, 4, 1));
  const line = ["trace", "--numeric", "--max-ttl", "8", ...targets];
  const said = await output(lab.exec(deno("../src/main.ts", ...line)), { errors: true });
  return fenced(`$ spider ${line.join(" ")}\n${said}`);
}

async function locate(): Promise<string> {
  using lab = Lab.open({ routers: 5 });
  lab.placeMiddleboxes(3, "forward");
  lab.silence(2);
  const targets = (["bleach-dscp", "drop-dscp"] as const)
    .flatMap((kind) => lab.addresses(kind, 4, 1));
  const line = ["locate", "--feature", "dscp:46", ...targets];
  const said = await output(lab.exec(deno("../src/main.ts", ...line)), { errors: true });
  return fenced(`$ spider ${line.join(" ")}\n${said}`);
}

async function spiders(): Promise<string> {
  const rows: string[] = [];
  const conditions: string[] = [];
  for (const name of spiderNames()) {
    const spider = (await loadSpider(name))!;
    const code = (names: readonly string[]) => names.map((name) => `\`${name}\``).join(" ");
    const arms = armsOf(spider, defaultValues(spider.options)).map((arm) => arm.name);
    const options = Object.keys(spider.options ?? {}).map((option) => `--${option}`);
    const summary = [spider.summary, ...spider.references ?? []].join(", ");
    rows.push(
      `| \`${name}\` | ${summary} | ${code(arms)} | ${code(spider.connect)} | ${code(options)} |`,
    );
    for (const [condition, meaning] of Object.entries(spider.conditions)) {
      conditions.push(`| \`${condition}\` | ${meaning} |`);
    }
  }
  return [
    "| spider | measures | arms | `--connect` | options of its own |",
    "| --- | --- | --- | --- | --- |",
    ...rows,
    "",
    "| condition | meaning |",
    "| --- | --- |",
    ...conditions,
  ].join("\n");
}

function chainTable(): string {
  return [
    "| chain | observes | fields |",
    "| --- | --- | --- |",
    ...chains().map(({ name, summary, fields }) =>
      `| ${name} | ${summary} | ${fields.map((field) => field.name).join(" ")} |`
    ),
  ].join("\n");
}

/** It fails when a figure was not reached: the table says which. */
async function bench(...parts: readonly string[]): Promise<string> {
  return (await output(deno("../test/bench/main.ts", ...parts), { mayFail: true })).trimEnd();
}

const PARTS: Readonly<Record<string, () => string | Promise<string>>> = {
  session,
  demo: async () => fenced(await output(deno("demo.ts"))),
  trace,
  locate,
  spiders,
  chains: chainTable,
  bench: () => bench(),
};

/** Parts that take half an hour: they are made only when they are named. */
const LONG: typeof PARTS = {
  truth: () => bench("truth"),
};

for (const name of Deno.args.length > 0 ? Deno.args : Object.keys(PARTS)) {
  const make = PARTS[name] ?? LONG[name];
  if (make === undefined) {
    const known = [...Object.keys(PARTS), ...Object.keys(LONG)];
    console.error(`there is no part ${name}; there are ${known.join(", ")}`);
    Deno.exit(2);
  }
  const made = await make();
  const [begin, end] = [`<!-- begin: ${name} -->`, `<!-- end: ${name} -->`];
  const text = Deno.readTextFileSync(README);
  const [from, to] = [text.indexOf(begin), text.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`README.md has no place for ${name}`);
  Deno.writeTextFileSync(
    README,
    `${text.slice(0, from)}${begin}\n\n${made}\n\n${text.slice(to)}`,
  );
}
