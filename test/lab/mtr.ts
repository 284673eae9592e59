import type { TestLab } from "./live.ts";

/** A probe, as mtr-packet takes its arguments: `ip-4 192.0.2.1 ttl 1`. */
export type MtrProbe = string;

/**
 * Sends probes from a host at once, and says what came back, in the order of the probes: the words of
 * mtr-packet without the number, such as `reply ip-4 192.0.2.1 round-trip-time 81`.
 */
export async function probe(
  lab: TestLab,
  host: string,
  probes: readonly MtrProbe[],
  timeout = 2,
): Promise<string[]> {
  const lines = probes.map((words, at) => `${at + 1} send-probe ${words} timeout ${timeout}\\n`);
  const said = await lab.sh(host, `printf '${lines.join("")}' | mtr-packet`);
  const answers = new Map(
    said.split("\n").map((line) => {
      const [token, ...words] = line.split(" ");
      return [Number(token), words.join(" ")];
    }),
  );
  return probes.map((_, at) => answers.get(at + 1) ?? "nothing");
}

/** How many of the answers are replies of the target. */
export function replies(answers: readonly string[]): number {
  return answers.filter((answer) => answer.startsWith("reply")).length;
}
