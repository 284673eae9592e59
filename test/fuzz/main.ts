/**
 * `deno task fuzz`: mangled packets without end against all invariants of the dissector and the
 * flow table, and mangled pcapng files against a slow reader of them. What breaks something is kept
 * as a capture.
 */
import { parseArgs } from "@std/cli/parse-args";
import { fuzz, replay } from "./campaign.ts";

const USAGE = `deno task fuzz [--seconds N] [--packets N] [--seed N] [--keep FOLDER]
deno task fuzz --replay FILE

  --seconds N    end after this many seconds (otherwise with Ctrl-C)
  --packets N    end after this many packets
  --seed N       begin with this seed (otherwise a random one)
  --keep FOLDER  where to put captures that break something (.)
  --replay FILE  run a capture that was kept`;

const NUMBERS = ["seconds", "packets", "seed"] as const;
/** How often progress is shown, in milliseconds. */
const EVERY = 1000;

function refuse(said: string): never {
  console.error(`${said}\n\n${USAGE}`);
  Deno.exit(2);
}

const args = parseArgs(Deno.args, {
  string: [...NUMBERS, "keep", "replay"],
  boolean: ["help"],
  unknown: (argument: string) => refuse(`what is ${argument}?`),
});
if (args.help) {
  console.log(USAGE);
  Deno.exit(0);
}
const [seconds, packets, seed] = NUMBERS.map((name) => {
  const text = args[name];
  if (text === undefined) return undefined;
  if (!/^\d+$/.test(text)) refuse(`--${name} takes a whole number, not ${text}`);
  return Number(text);
});

if (args.replay !== undefined) {
  const reason = replay(args.replay);
  console.error(reason ?? `${args.replay} breaks nothing`);
  Deno.exit(reason === null ? 0 : 1);
}

const stop = new AbortController();
for (const signal of ["SIGINT", "SIGTERM"] as const) {
  Deno.addSignalListener(signal, () => stop.abort());
}
const begin = performance.now();
const first = seed ?? crypto.getRandomValues(new Uint32Array(1))[0]!;
console.error(`seed ${first}`);
let shown = begin;
const rate = (packets: number) =>
  `${packets} packets, ${Math.round(packets / (performance.now() - begin) * 1000)}/s`;
const { packets: done, fault } = await fuzz({
  seed: first,
  packets: packets ?? Infinity,
  seconds: seconds ?? Infinity,
  folder: args.keep ?? ".",
  stop: stop.signal,
  progress: (packets) => {
    if (performance.now() - shown < EVERY) return;
    shown = performance.now();
    console.error(rate(packets));
  },
});
console.error(rate(done));
if (fault === null) {
  console.error("nothing broke");
  Deno.exit(0);
}
console.error(`BROKEN: ${fault.reason}
${fault.packets} packets that break it are in ${fault.path}. Again:
${fault.again.map((line) => `  ${line}`).join("\n")}`);
Deno.exit(1);
