import type { TargetLab } from "../lab/target_lab.ts";
import { output, ran } from "./process.ts";
import { median } from "./row.ts";

/** Time limit of a run of mtr-packet, in seconds. */
const LIMIT = 120;

/** An ICMP probe. */
export interface MtrProbe {
  readonly target: string;
  readonly ttl?: number;
  /** The octet of DSCP and ECN. */
  readonly tos?: number;
}

/**
 * The time that mtr-packet takes for some probes when it gets all commands at once, without waiting
 * for replies: the bare loop of probes.
 */
export async function mtrPacketAlone(
  lab: TargetLab,
  probes: readonly MtrProbe[],
  timeout = 5,
): Promise<{ readonly answered: number; readonly seconds: number }> {
  const commands = probes.map(({ target, ttl, tos }, at) =>
    [
      `${at + 1} send-probe ip-4 ${target} timeout ${timeout}`,
      ...ttl === undefined ? [] : [`ttl ${ttl}`],
      ...tos === undefined ? [] : [`tos ${tos}`],
    ].join(" ") + "\n"
  );
  const { stdout, seconds } = await ran(lab.exec(["mtr-packet"]), {
    input: commands.join(""),
    limit: LIMIT,
  });
  const answers = / (reply|ttl-expired) /;
  return { answered: stdout.split("\n").filter((line) => answers.test(line)).length, seconds };
}

/**
 * Times a command that prints records, by turns with mtr-packet alone for the same probes.
 *
 * @param timeout seconds that mtr-packet waits for an answer; its usual ones when missing
 * @param wrongOf how many records of a run are wrong
 */
export async function besideMtrPacket<R>(
  lab: TargetLab,
  { rounds, command, probes, timeout, wrongOf }: {
    readonly rounds: number;
    readonly command: readonly string[];
    readonly probes: readonly MtrProbe[];
    readonly timeout?: number;
    readonly wrongOf: (records: readonly R[]) => number;
  },
): Promise<{ taken: number; loop: number; ratio: number; wrong: number }> {
  const times: number[] = [];
  const loops: number[] = [];
  let wrong = 0;
  for (let round = 0; round < rounds; round++) {
    const begin = performance.now();
    const out = await output(command);
    times.push((performance.now() - begin) / 1000);
    wrong = Math.max(wrong, wrongOf(out.trim().split("\n").map((line) => JSON.parse(line))));
    loops.push((await mtrPacketAlone(lab, probes, timeout)).seconds);
  }
  const ratio = median(times.map((time, round) => time / loops[round]!));
  return { taken: median(times), loop: median(loops), ratio, wrong };
}
