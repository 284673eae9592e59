import { count, duration, rate } from "../../../host/quantity.ts";
import type { ScanState } from "../../../run/scanning/state.ts";

/** How far a scan is. */
export interface Advance {
  /** Share of the time or the targets that is done, 0 to 1; null when it cannot be told. */
  readonly share: number | null;
  /** Seconds that are left; null when it cannot be told. */
  readonly left: number | null;
}

/**
 * How far a scan is: by its targets while it sends, and then by the time that answers are waited for.
 * How long targets that wait to be measured will take cannot be told.
 *
 * @param cooldown how long answers are waited for, in seconds
 */
export function advanceOf(
  { phase, total, targets, seconds, sending }: ScanState,
  cooldown: number,
): Advance {
  if (phase === "ended") return { share: 1, left: 0 };
  if (phase === "confirming") return { share: 1, left: null };
  if (phase === "cooldown") {
    return { share: 1, left: Math.max(0, cooldown - (seconds - sending)) };
  }
  if (total === null || total === 0) return { share: null, left: null };
  const share = Math.min(1, targets / total);
  return { share, left: targets === 0 ? null : sending / share * (1 - share) + cooldown };
}

/** Probes that an arm's answer came to. */
export function answeredProbes({ arms }: Pick<ScanState, "arms">): number {
  return arms.reduce((sum, { answered }) => sum + answered, 0);
}

/** A share as people write it: `97.7 %`. */
export function percent(part: number, whole: number): string {
  return `${(whole > 0 ? part / whole * 100 : 0).toFixed(1)} %`;
}

/**
 * A scan's state in one line. What matters most stands first, since a narrow terminal shows the
 * begin alone.
 *
 * @param now packets sent a second, lately
 * @param cooldown how long answers are waited for, in seconds
 */
export function scanLine(state: ScanState, now: number, cooldown: number): string {
  const { phase, seconds, sending, sent, failed, answered, targets, arms, confirming } = state;
  const { share, left } = advanceOf(state, cooldown);
  const parts = [duration(seconds)];
  if (share !== null && phase === "sending") parts.push(`${Math.floor(share * 100)} %`);
  if (left !== null) parts.push(`${duration(left)} left`);
  if (phase !== "sending") parts.push(PHASES[phase]);
  const average = rate(sent, sending);
  parts.push(
    phase === "sending"
      ? `sent ${count(sent)} ${rate(now, 1)}/s (${average}/s)`
      : `sent ${count(sent)} (${average}/s)`,
    `answered ${count(answered)} ${percent(answered, targets)}`,
    `${count(state.drops)} dropped`,
  );
  if (failed > 0) parts.push(`${count(failed)} not sent`);
  parts.push(...arms.map(({ name, answered }) => `${name} ${count(answered)}`));
  if (confirming !== null) {
    parts.push(`confirming ${count(confirming.waiting)}, ${count(confirming.done)} done`);
  }
  return parts.join("  ");
}

const PHASES = {
  cooldown: "waiting for answers",
  confirming: "confirming the rest",
  ended: "ended",
} as const;
