import { run } from "../../src/host/run.ts";
import { linkAddress, NEAR, type TargetLab } from "../lab/target_lab.ts";
import { Peer } from "./peer.ts";
import type { Ran } from "./process.ts";

/** Its statistics: how many it sent, at which rate, and how many were answered. */
const DONE = /send: (\d+) done \(([\d.]+) ([KM]?)p\/s avg\); recv: (\d+)/g;
const UNIT: Readonly<Record<string, number>> = { "": 1, K: 1e3, M: 1e6 };
/** The least share of answers, without which it has not done the work. */
const ANSWERED = 0.9;

/** zmap, as fast as it goes, to the same targets; probes a second. */
export function zmap(lab: TargetLab, folder: string, targets: readonly string[]): Peer<number> {
  const [input, output] = [`${folder}/zmap-targets`, `${folder}/zmap-answers`];
  Deno.writeTextFileSync(input, targets.join("\n") + "\n");
  const words = ["-w", input, "-c", "1", "-o", output];
  return new Peer(
    "zmap",
    lab.exec(zmapCommand(lab, words)),
    (ran) => zmapFigures(ran, targets.length)?.rate ?? null,
  );
}

/** Its command line in a lab, with words that say what it probes and where answers go. */
export function zmapCommand(lab: TargetLab, words: readonly string[]): readonly string[] {
  const [router = ""] = lab.routers;
  const [link] = JSON.parse(run("ip", ["-n", router, "-j", "link", "show", NEAR]));
  return [
    // Its own lists leave out all private addresses
    ...["zmap", "-C", "/dev/null", "-b", "/dev/null", "-p", "80", "-r", "0", "-T", "1"],
    ...["-i", lab.interface, "-G", link.address, "-S", linkAddress(4, 0, 1), ...words],
  ];
}

/** Probes a second and how many were answered; null where it has not done the work. */
export function zmapFigures(
  { stderr }: Ran,
  targets: number,
): { readonly rate: number; readonly answered: number } | null {
  const last = [...stderr.matchAll(DONE)].at(-1);
  if (last === undefined) return null;
  const [, sent, average, unit = "", answered] = last;
  if (Number(sent) !== targets || Number(answered) < ANSWERED * targets) return null;
  return { rate: Number(average) * UNIT[unit]!, answered: Number(answered) };
}
