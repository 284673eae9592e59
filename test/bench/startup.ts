import { inTurn, spiderCommand } from "./process.ts";
import { median, type Row } from "./row.ts";

/** How long `spider --help` takes, beside Deno doing nothing. */
export async function startupRow(): Promise<Row> {
  const times = await inTurn({
    help: spiderCommand(["--help"]),
    deno: [Deno.execPath(), "eval", "0"],
  }, 20);
  const [help, deno] = [median(times.help) * 1000, median(times.deno) * 1000];
  return {
    work: "spider --help",
    ours: `${help.toFixed(0)} ms`,
    peers: [`deno eval 0: ${deno.toFixed(0)} ms`],
    bound: "100 ms",
    reached: help < 100,
  };
}
