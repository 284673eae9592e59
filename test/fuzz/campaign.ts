import { reused } from "../data/mangled_connections.ts";
import { LINKS, type Mutant, mutant } from "../data/mutants.ts";
import { random } from "../data/random.ts";
import { compareFile, mangledFile } from "./files.ts";
import { Invariants } from "./invariants.ts";
import { keep, kept, shrink } from "./kept.ts";

/** Packets of one round: a capture of one link type, in tables of its own. */
export const ROUND = 2000;
const PORTION = 100;

/** What to run, and until when. */
export interface Campaign {
  /** The first round's; each has the next one. */
  readonly seed: number;
  readonly packets: number;
  readonly seconds: number;
  /** Where to put what breaks something. */
  readonly folder: string;
  readonly stop: AbortSignal;
  /** Called after every round with the number of packets. */
  progress(packets: number): void;
  /** A check of its own, beside the invariants: throws for a bad packet. */
  check?(mutant: Mutant, link: number): void;
}

/** What was broken. */
export interface Breakage {
  /** The capture that breaks it: packets of one link type, or a pcapng file that is itself mangled. */
  readonly path: string;
  readonly packets: number;
  readonly reason: string;
  /** Command lines that break it again. */
  readonly again: readonly string[];
}

type Check = Campaign["check"];

/** The link type and packets of a round, the same for the same seed. */
function round(seed: number): { link: number; mutants: Mutant[] } {
  const next = random(seed);
  const link = LINKS[seed % LINKS.length]!;
  let time = 1_700_000_000;
  const mutants: Mutant[] = [];
  while (mutants.length < ROUND) {
    if (next(10) === 0) time += next(1000) / 1024;
    if (next(500) === 0) time += [3, 5, 100, 1e5, -2, -100, -1e5][next(7)]!;
    mutants.push(...next(40) === 0 ? reused(next, time, link) : [mutant(next, time, link)]);
  }
  return { link, mutants: mutants.slice(0, ROUND) };
}

/** Why packets break something; null when they do not. */
function fault(mutants: readonly Mutant[], link: number, check: Check): string | null {
  return faultOf(() => {
    const invariants = new Invariants();
    for (let at = 0; at < mutants.length; at += PORTION) {
      const portion = mutants.slice(at, at + PORTION);
      for (const one of portion) check?.(one, link);
      invariants.take(portion, link);
      invariants.settle();
    }
    invariants.end();
  });
}

/** Why a mangled pcapng file breaks something; null when it does not. */
function fileFault(seed: number): string | null {
  return faultOf(() => compareFile(mangledFile(seed)));
}

function faultOf(run: () => void): string | null {
  try {
    run();
    return null;
  } catch (error) {
    return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  }
}

/** Runs rounds until the time or the packets are used up, `stop` aborts, or something breaks. */
export async function fuzz(
  { seed, packets, seconds, folder, stop, progress, check }: Campaign,
): Promise<{ packets: number; fault: Breakage | null }> {
  const end = performance.now() + seconds * 1000;
  let done = 0;
  for (; done < packets && performance.now() < end && !stop.aborted; seed++) {
    const { link, mutants } = round(seed);
    const some = mutants.slice(0, packets - done);
    const reason = fault(some, link, check);
    done += some.length;
    if (reason !== null) {
      const fewer = shrink(some, (part) => fault(part, link, check) !== null);
      const path = `${folder}/fuzz-${seed}.pcap`;
      keep(path, fewer, link);
      const again = [
        `deno task fuzz --replay ${path}`,
        `deno task fuzz --seed ${seed} --packets ${some.length}`,
      ];
      return { packets: done, fault: { path, packets: fewer.length, reason, again } };
    }
    const mangled = fileFault(seed);
    if (mangled !== null) {
      const path = `${folder}/fuzz-${seed}.pcapng`;
      Deno.writeFileSync(path, mangledFile(seed));
      const again = [`deno task fuzz --replay ${path}`];
      return { packets: done, fault: { path, packets: 0, reason: mangled, again } };
    }
    progress(done);
    await new Promise((resolve) => setTimeout(resolve, 0)); // lets signals and timers run
  }
  return { packets: done, fault: null };
}

/** Runs a capture that was kept; why it breaks something, or null. */
export function replay(path: string, check?: Check): string | null {
  if (path.endsWith(".pcapng")) return faultOf(() => compareFile(Deno.readFileSync(path)));
  const { mutants, link } = kept(path);
  return fault(mutants, link, check);
}
