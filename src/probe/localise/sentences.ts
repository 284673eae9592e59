import type { Localisation } from "../localise.ts";
import type { Interval } from "./interval.ts";
import { hostsAt } from "./report.ts";
import { valueText } from "./verdict.ts";

/** What follows from a localisation, in sentences. */
export function sentences(found: Localisation): string[] {
  const { arms, ignored, length, nearer, remote, problem } = found;
  if (problem !== null) return [`Nothing found: ${problem}.`];
  const lines = arms.flatMap((_, at) => ofArm(found, at));
  if (length === null) lines.push("The target did not answer.");
  if (nearer !== null) {
    lines.push(
      `Port ${remote.port} is answered at hop ${nearer.hop}, nearer than the path: to other ports, ` +
        `${nearer.expired} of ${nearer.flows} flows expired there or behind it, at ` +
        `${nearer.behind.join(", ")}. What answers is not the target, or stands before it.`,
    );
  }
  if (ignored.neverSent > 0) {
    lines.push(`Ignored: ${ignored.neverSent} quotations of packets that were never sent.`);
  }
  if (ignored.wrongChecksum > 0) {
    lines.push(`Ignored: ${ignored.wrongChecksum} ICMP messages with a wrong checksum.`);
  }
  return lines;
}

function ofArm(found: Localisation, at: number): string[] {
  const { changes, stop, unchangedTo, reason, arm } = found.arms[at]!;
  const said: string[] = [];
  for (const { alike, field, from, to, between, agreeing, sent } of changes) {
    if (alike) continue; // It was said of the baseline
    said.push(
      `${field} ${valueText(from)} becomes ${valueText(to)} ${place(found, between)}, ` +
        `by ${agreeing} of ${sent} packets`,
    );
  }
  if (stop !== null) {
    const other = at === 0 ? found.arms[1]! : found.arms[0]!;
    said.push(
      `${stop.kind} ${place(found, stop.between)}; of ${other.arm.name} ${stop.otherAnswered} of ` +
        `${stop.otherSent} packets were answered behind it`,
    );
  }
  if (unchangedTo !== null && !changes.some(({ featured }) => featured)) {
    const unknown = stop === null && unchangedTo < found.arms[0]!.hops.length
      ? "; what happens to it behind that is not quoted"
      : "";
    said.push(`${arm.fields.join(" and ")} unchanged up to hop ${unchangedTo}${unknown}`);
  }
  if (reason !== null) said.push(`not localised: ${reason}`);
  return said.map((text) => `${arm.name}: ${text}.`);
}

function place(found: Localisation, [before, after]: Interval): string {
  return `between ${hopText(found, before)} and ${hopText(found, after)}`;
}

function hopText({ arms, length }: Localisation, ttl: number): string {
  if (ttl === 0) return "this host";
  const [host] = hostsAt(arms, ttl, length);
  return host === undefined ? `hop ${ttl}` : `hop ${ttl} (${host})`;
}
