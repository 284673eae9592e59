import type { Lab } from "../../src/lab/lab.ts";
import { ran } from "./process.ts";

/**
 * Seconds after which mtr-packet gives a probe up; a shorter one would lose probes at mtr-packet's
 * limits instead.
 */
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
  lab: Lab,
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
