/**
 * The main job in a lab of its own: 1,000 targets behind known middleboxes are measured with
 * `spider measure ecn`, and what was concluded is compared with the ground truth.
 */
import { bold, green, red, setColorEnabled } from "@std/fmt/colors";
import { fileURLToPath } from "node:url";
import { boxesOf } from "../test/lab/boxes.ts";
import { TargetLab } from "../test/lab/target_lab.ts";
import { namedMiddlebox } from "../src/lab/box/named.ts";
import { tableLines } from "../src/cli/terminal/table.ts";
import type { Middlebox, Result } from "../src/mod.ts";
import { ECN_BOXES, ECN_TRUTH, type EcnBoxName } from "../test/lab/ecn_truth.ts";

const TARGETS = 1000;
/** The column that conditions stand beside. */
const MIDDLEBOX = { least: 18 };

interface Target {
  readonly dip: string;
  readonly dp: number;
  readonly middlebox: EcnBoxName;
}

/** Targets of all kinds and both families, one after the other, so that kinds mix. */
function targets(lab: TargetLab): Target[] {
  const groups = ECN_BOXES.flatMap((name) =>
    ([4, 6] as const).map((family) => ({
      name,
      addresses: lab.addresses(name, family, Math.ceil(TARGETS / ECN_BOXES.length / 2)),
    }))
  );
  return Array.from({ length: TARGETS }, (_, i) => {
    const { name, addresses } = groups[i % groups.length]!;
    return { dip: addresses[Math.floor(i / groups.length)]!, dp: 80, middlebox: name };
  });
}

async function measure(lab: TargetLab, input: string, output: string): Promise<number> {
  const [program, ...args] = lab.exec([
    ...[Deno.execPath(), "run", "-A", fileURLToPath(new URL("../src/main.ts", import.meta.url))],
    ...["measure", "ecn", "--connect", "http", "--workers", "250"],
    ...["--input", input, "--output", output],
  ]);
  return (await new Deno.Command(program, { args, stdin: "null" }).spawn().status).code;
}

/** What middleboxes do, in words. */
function summariesOf(names: readonly string[]): Promise<Middlebox[]> {
  return Promise.all(names.map(async (name) => {
    const found = await namedMiddlebox(name);
    if (typeof found === "string") throw new Error(found);
    return found.box;
  }));
}

/** Prints the table; how many targets came out as they should. */
function compare(
  asked: readonly Target[],
  results: readonly Result[],
  boxes: readonly Middlebox[],
): number {
  const middleboxes = tableLines(
    [MIDDLEBOX, {}],
    boxes.map(({ name, summary }) => [name, summary]),
  );
  const counts = ECN_BOXES.map((name) => {
    const truth = ECN_TRUTH[name].http;
    const expected = asked.filter(({ middlebox }) => middlebox === name).length;
    const counted = new Map(truth.map((condition) => [condition, 0]));
    for (const { conditions } of results.filter(({ middlebox }) => middlebox === name)) {
      for (const condition of conditions) counted.set(condition, (counted.get(condition) ?? 0) + 1);
    }
    return [...counted].map(([condition, count]) => ({
      cells: ["", condition, String(count), String(truth.includes(condition) ? expected : 0)],
      right: count === (truth.includes(condition) ? expected : 0),
    }));
  });
  const [head, ...lines] = tableLines(
    [
      { title: "middlebox", ...MIDDLEBOX },
      { title: "condition" },
      { title: "counted", align: "right" },
      { title: "truth", align: "right" },
    ],
    counts.flat().map(({ cells }) => cells),
    { paintTitles: bold },
  );
  console.log(head);
  counts.forEach((rows, at) => {
    console.log(middleboxes[at]);
    for (const { right } of rows) {
      const line = lines.shift()!;
      console.log(right ? line : red(`${line}  WRONG`));
    }
  });
  return results.filter(({ middlebox, conditions }) =>
    conditions.join() === ECN_TRUTH[middlebox as EcnBoxName].http.join()
  ).length;
}

async function main(): Promise<number> {
  setColorEnabled(Deno.stdout.isTerminal() && !Deno.noColor);
  if (Deno.uid() !== 0) {
    console.error("The demo builds network namespaces, which takes root: run it with sudo.");
    return 1;
  }
  console.error(
    "Building a lab: a client, a router with middleboxes, a server with 65,536 addresses.",
  );
  await using lab = await TargetLab.open({ boxes: boxesOf(ECN_BOXES) });
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    Deno.addSignalListener(signal, () => {
      lab.closeAtOnce();
      Deno.exit(130);
    });
  }
  const folder = Deno.makeTempDirSync({ prefix: "spider-demo-" });
  try {
    const [input, output] = [`${folder}/targets.ndjson`, `${folder}/results.ndjson`];
    const asked = targets(lab);
    Deno.writeTextFileSync(input, asked.map((target) => JSON.stringify(target) + "\n").join(""));
    console.error(`$ spider measure ecn --connect http --workers 250 --input targets.ndjson`);
    const code = await measure(lab, input, output);
    if (code !== 0) return code;
    const lines = Deno.readTextFileSync(output).trimEnd().split("\n");
    const results = lines.map((line) => JSON.parse(line) as Result);
    const right = compare(asked, results, await summariesOf(ECN_BOXES));
    const verdict = `${right} of ${TARGETS} targets came out as they are known to be.`;
    console.log(right === TARGETS ? green(verdict) : red(verdict));
    return right === TARGETS ? 0 : 1;
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
}

Deno.exit(await main());
