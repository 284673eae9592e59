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
  const [router = ""] = lab.routers;
  const [link] = JSON.parse(run("ip", ["-n", router, "-j", "link", "show", NEAR]));
  return new Peer(
    "zmap",
    lab.exec([
      // Its own lists leave out all private addresses
      ...["zmap", "-C", "/dev/null", "-b", "/dev/null", "-p", "80", "-w", input],
      ...["-i", lab.interface, "-G", link.address, "-S", linkAddress(4, 0, 1)],
      ...["-r", "0", "-T", "1", "-c", "1", "-o", output],
    ]),
    (ran) => rate(ran, targets.length),
  );
}

function rate({ stderr }: Ran, targets: number): number | null {
  const last = [...stderr.matchAll(DONE)].at(-1);
  if (last === undefined) return null;
  const [, sent, average, unit = "", answered] = last;
  if (Number(sent) !== targets || Number(answered) < ANSWERED * targets) return null;
  return Number(average) * UNIT[unit]!;
}
