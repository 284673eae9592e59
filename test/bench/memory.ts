import { TargetLab } from "../lab/target_lab.ts";
import { spiderCommand } from "./process.ts";
import { type FigureRow, grouped, median } from "./row.ts";
import { size } from "./size.ts";

const ADDRESSES = 30_000;
/** How often memory is sampled, in milliseconds. */
const EVERY = size(1000, 10);

/** A million jobs through one process. */
export function memoryRow(): Promise<FigureRow> {
  return growthRow(["ecn", "-w", "500"], size(1_000_000, 3000));
}

/** Jobs through one process: its memory early on and at the end. */
export async function growthRow(words: readonly string[], jobs: number): Promise<FigureRow> {
  await using lab = await TargetLab.open();
  const folder = Deno.makeTempDirSync({ prefix: "spider-bench-" });
  try {
    const input = `${folder}/targets`;
    writeTargets(input, lab.addresses("transparent", 4, ADDRESSES), jobs);
    const [program, ...args] = lab.exec(spiderCommand([
      ...["measure", ...words, "--input", input, "--output", `${folder}/results`],
    ]));
    const begin = performance.now();
    const child = new Deno.Command(program, { args, stdin: "null", stderr: "null" }).spawn();
    const sizes: number[] = [];
    const timer = setInterval(() => sizes.push(residentMegabytes(child.pid)), EVERY);
    const { success } = await child.status;
    clearInterval(timer);
    if (!success) throw new Error("the measurement failed");
    const rate = jobs / ((performance.now() - begin) / 1000);
    const [early, late] = [median(sizes.slice(10, 30)), median(sizes.slice(-20))];
    return {
      work: `measure ${words.join(" ")}, ${grouped(jobs)} jobs streamed through one run`,
      ours: `${Math.round(early)} MB resident after 10 to 30 s, ${
        Math.round(late)
      } MB in the last 20 s; ${grouped(rate)} targets/s`,
      peers: [],
      bound: "no growth with the number of jobs",
      reached: late < early * 1.25,
    };
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
}

function writeTargets(path: string, addresses: readonly string[], jobs: number): void {
  using file = Deno.openSync(path, { write: true, create: true });
  const encoder = new TextEncoder();
  for (let left = jobs; left > 0; left -= addresses.length) {
    const some = addresses.slice(0, left);
    const data = encoder.encode(some.map((dip) => `{"dip":"${dip}"}\n`).join(""));
    for (let at = 0; at < data.length;) at += file.writeSync(data.subarray(at));
  }
}

/** Resident memory of a process, in megabytes; `ip netns exec` becomes the process that it starts. */
function residentMegabytes(pid: number): number {
  const status = Deno.readTextFileSync(`/proc/${pid}/status`);
  return Number(status.match(/VmRSS:\s+(\d+)/)?.[1] ?? 0) / 1000;
}
