import type { Statistics } from "../../../observe/statistics.ts";
import type { ObserveState } from "../../../run/observe_run.ts";
import { count, counted, duration, rate } from "../../../host/quantity.ts";

/** An observation's state in one line. */
export function observeLine({ packets, flows, drops, seconds, share }: ObserveState): string {
  const parts = [
    counted(packets, "packet"),
    `${rate(packets, seconds)}/s`,
    counted(flows, "flow"),
  ];
  if (drops > 0) parts.push(`${count(drops)} dropped`);
  if (share !== null && share > 0) {
    parts.push(`${Math.floor(share * 100)} %`, `${duration(seconds / share * (1 - share))} left`);
  }
  return parts.join("  ");
}

/** Keys of the statistics that are no counters, or have words of their own. */
const ELSEWHERE = new Set([
  ...["source", "link_type", "snaplen", "ended", "fault", "elapsed"],
  ...["first_packet", "last_packet", "duration", "packets", "octets", "flows"],
]);

/** The statistics in one line: packets and flows, and every other count that is not 0. */
export function statisticsLine(statistics: Statistics): string {
  const { packets, flows, ended } = statistics;
  const parts = [counted(Number(packets), "packet"), counted(Number(flows), "flow")];
  for (const [key, value] of Object.entries(statistics)) {
    if (ELSEWHERE.has(key) || typeof value !== "number" || value === 0) continue;
    parts.push(`${count(value)} ${words(key)}`);
  }
  if (ended === "interrupted") parts.push("interrupted");
  return parts.join(", ");
}

/** A counter's name as words: `malformed_tcp` is `malformed TCP`. */
function words(key: string): string {
  return key.split("_").map((word) => ABBREVIATIONS.has(word) ? word.toUpperCase() : word)
    .join(" ");
}

const ABBREVIATIONS = new Set(["ip", "tcp", "udp", "icmp"]);
