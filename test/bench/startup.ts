import { inTurn, spiderCommand } from "./process.ts";
import { asked, type FigureRow, median } from "./row.ts";
import { size } from "./size.ts";

const ROUNDS = size(20, 3);
/** The most that it may take, as a multiple of Deno doing nothing. */
const TIMES = 2.5;
const ASKED = 100;

/** How long `spider --help` takes, beside Deno doing nothing. */
export async function startupRow(): Promise<FigureRow> {
  const times = await inTurn({
    help: spiderCommand(["--help"]),
    deno: [Deno.execPath(), "eval", "0"],
  }, ROUNDS);
  const [help, deno] = [median(times.help) * 1000, median(times.deno) * 1000];
  return {
    work: "spider --help",
    ours: `${help.toFixed(0)} ms, ${(help / deno).toFixed(2)} times Deno doing nothing`,
    peers: [`deno eval 0: ${deno.toFixed(0)} ms`],
    bound: `${TIMES} times (${asked(`${ASKED} ms`, help < ASKED)})`,
    reached: help <= TIMES * deno,
  };
}
