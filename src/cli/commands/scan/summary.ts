import { count, counted, duration, rate } from "../../../host/quantity.ts";
import type { ScanState } from "../../../run/scanning/state.ts";
import type { Kind } from "../../../scan/answers.ts";
import { conditionLines, type SkippedCount, skippedLines } from "../measure/summary.ts";
import { tableLines } from "../../terminal/table.ts";
import { percent } from "./progress.ts";

/** What a scan came to. */
export interface ScanSummary {
  readonly state: ScanState;
  /** Lines of a list that could not be used. */
  readonly skipped: SkippedCount;
  /** It was ended before all targets were probed, or what differs was measured. */
  readonly interrupted: boolean;
  /** Whether another run can go on behind what was written. */
  readonly resumable: boolean;
  /** What was warned of while it ran. */
  readonly warnings: readonly string[];
}

/** What kinds of answers are, for people. */
const KINDS: Readonly<Record<Kind, string>> = {
  synack: "SYN-ACK",
  rst: "RST",
  dns: "DNS answers",
  udp: "UDP answers",
  echo: "echo replies",
  icmp_unreachable: "ICMP errors: unreachable",
  icmp_other: "other ICMP errors",
  repeated: "answers to what was answered",
  late: "answers after the cooldown",
  foreign: "packets that answer no probe",
  unproven: "answers that do not show which probe they are for",
  malformed: "packets that cannot be read",
  no_room: "answers without room for what they say",
};

/** Why targets were left out, for people. */
const PASSED: Readonly<Record<string, string>> = {
  blocked: "on a blocklist",
  unlisted: "not on the allowlist",
  elsewhere: "reached another way than the rest",
  duplicate: "in the list before",
  skipped: "skipped by the spider",
  unsent: "not concluded, since the kernel refused a probe",
  unproven: "not concluded, since what came from them proves nothing",
  unseen: "not concluded, since packets were dropped",
};

/** The summary as lines of text, warnings last, where they stay in sight. */
export function scanSummaryText(summary: ScanSummary): string {
  const { state } = summary;
  const { targets, sent, sending, seconds, answered, arms, kinds, confirming } = state;
  return [
    `${counted(targets, "target")}, ${counted(sent, "probe")} in ${duration(sending)} ` +
    `(${rate(sent, sending)}/s), ${duration(seconds)} in all`,
    `${count(answered)} answered (${percent(answered, targets)})`,
    ...tableLines(
      [{ align: "right" }, {}],
      arms.map((arm) => [count(arm.answered), arm.name]),
      { indent: 2 },
    ),
    ...listed("received:", kinds, KINDS),
    ...listed("left out:", state.passed, PASSED),
    ...(confirming === null
      ? []
      : [`${counted(confirming.done, "target")} measured with connections`]),
    ...(state.conditions.size === 0 ? [] : [`${counted(state.results, "result")}:`]),
    ...conditionLines(state.conditions),
    ...warningLines(summary),
  ].join("\n");
}

/** Counts that are not 0 below a title; nothing without any. */
function listed(
  title: string,
  counts: Readonly<Record<string, number>>,
  words: Readonly<Record<string, string>>,
): string[] {
  const rows = Object.entries(counts).filter(([, value]) => value > 0);
  if (rows.length === 0) return [];
  const lines = rows.map(([name, value]) => [count(value), words[name] ?? name]);
  return [title, ...tableLines([{ align: "right" }, {}], lines, { indent: 2 })];
}

function warningLines(summary: ScanSummary): string[] {
  const { state, skipped, interrupted, resumable, warnings } = summary;
  const { failed, drops, interfaceDrops, unobserved, confirming, answered } = state;
  const lines: string[] = [];
  if (interrupted) {
    const next = resumable ? "; --resume goes on" : "";
    lines.push(`warning: interrupted, so not every target was probed${next}`);
  }
  if (confirming !== null && confirming.waiting > 0) {
    lines.push(
      `warning: ${counted(confirming.waiting, "target")} were to be measured and were not`,
    );
  }
  lines.push(...skippedLines(skipped));
  if (unobserved > 0) {
    lines.push(
      `warning: ${count(unobserved)} of ${counted(answered, "target")} not observed; ` +
        "nothing is concluded about their paths",
    );
  }
  lines.push(...warnings.map((text) => `warning: ${text}`));
  if (failed > 0) {
    lines.push(
      `warning: the kernel did not take ${counted(failed, "probe")}; where it had no room, try a ` +
        "lower --rate or more --retries",
    );
  }
  if (drops > 0) {
    lines.push(`warning: the kernel dropped ${counted(drops, "packet")}; try a lower --rate`);
  }
  if (interfaceDrops > 0) {
    lines.push(`warning: the interface dropped ${counted(interfaceDrops, "packet")}`);
  }
  return lines;
}
