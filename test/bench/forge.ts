import { fileURLToPath } from "node:url";
import { Lab } from "../../src/lab/lab.ts";
import type { Result } from "../../src/mod.ts";
import { EVIL_TRUTH } from "../lab/evil_truth.ts";
import { seconds, spiderCommand } from "./process.ts";
import { grouped, median, type Row } from "./row.ts";

const TARGETS = 32_000;
const ROUNDS = 3;
const BOUND = 40_000;
/** With a verdict for each two probes: 10,000 targets a second. */
const SPIDER_BOUND = 20_000;
/** In flight at once: probes, or targets. */
const WINDOW = 2000;

/** SYN probes over veth: alone, and as a spider of two arms sends them. */
export async function forgeRows(): Promise<Row[]> {
  using lab = Lab.open();
  const folder = Deno.makeTempDirSync({ prefix: "spider-bench-" });
  try {
    const targets = lab.addresses("transparent", 4, TARGETS);
    const runs = [];
    for (let round = 0; round < ROUNDS; round++) runs.push(await probes(lab, folder, targets));
    const rate = median(runs.map((run) => run.rate));
    const lost = Math.max(...runs.map((run) => run.lost));
    return [
      {
        work: `${grouped(TARGETS)} SYN probes over veth, sent and their answers matched`,
        ours: `${grouped(rate)} probes/s, ${lost} without an answer`,
        peers: ["zmap, as measured elsewhere: 88,000 probes/s"],
        bound: `${grouped(BOUND)} probes/s, all answered`,
        reached: rate >= BOUND && lost === 0,
      },
      await spiderRow(lab, folder, targets),
    ];
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
}

async function output(lab: Lab, command: readonly string[]): Promise<string> {
  const [program, ...args] = lab.exec(command);
  const { success, stdout, stderr } = await new Deno.Command(program, {
    args,
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).output();
  if (!success) throw new Error(`${command.join(" ")}: ${new TextDecoder().decode(stderr)}`);
  return new TextDecoder().decode(stdout);
}

async function probes(lab: Lab, folder: string, targets: readonly string[]) {
  const main = fileURLToPath(new URL("probes_main.ts", import.meta.url));
  Deno.writeTextFileSync(`${folder}/addresses`, targets.join("\n"));
  const line = [Deno.execPath(), "run", "--no-check", "-A", main];
  const arguments_ = [lab.interface, String(WINDOW), `${folder}/addresses`];
  const said = JSON.parse(await output(lab, [...line, ...arguments_]));
  return {
    rate: said.answered / said.seconds,
    lost: targets.length - said.answered,
  };
}

/** The spider evilbit, whole process: two probes a target, and a verdict. */
async function spiderRow(lab: Lab, folder: string, targets: readonly string[]): Promise<Row> {
  const [input, results] = [`${folder}/targets`, `${folder}/results`];
  Deno.writeTextFileSync(input, targets.map((dip) => JSON.stringify({ dip }) + "\n").join(""));
  const rates = [];
  let wrong = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const taken = await seconds(lab.exec(spiderCommand([
      ...["measure", "evilbit", "-w", String(WINDOW), "--input", input, "--output", results],
    ])));
    rates.push(2 * targets.length / taken);
    const lines = Deno.readTextFileSync(results).trimEnd().split("\n");
    const right = lines.map((line): Result => JSON.parse(line)).filter(({ conditions }) =>
      conditions.join() === EVIL_TRUTH.transparent.join()
    );
    wrong = Math.max(wrong, targets.length - right.length);
  }
  const rate = median(rates);
  return {
    work: `measure evilbit tcpsyn, ${grouped(targets.length)} live targets, whole process`,
    ours: `${grouped(rate)} probes/s, ${wrong} not right`,
    peers: [],
    bound: `${grouped(SPIDER_BOUND)} probes/s, every verdict right`,
    reached: rate >= SPIDER_BOUND && wrong === 0,
  };
}
