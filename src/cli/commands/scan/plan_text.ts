import { encodeHex } from "@std/encoding/hex";
import { count, counted, duration } from "../../../host/quantity.ts";
import type { ArmPacket } from "../../../run/scanning/first_probes.ts";
import type { ScanPlan } from "../../../run/scanning/plan.ts";
import type { Skipped } from "../../../target/skipped.ts";
import { skippedLines } from "../measure/summary.ts";
import { tableLines } from "../../terminal/table.ts";

/** How fast a plan sends, in words. */
function pace({ rate, bandwidth }: Pick<ScanPlan, "rate" | "bandwidth">): string {
  if (bandwidth !== undefined) return `${count(bandwidth)} bits a second`;
  return rate === 0 ? "as fast as it can" : `${count(rate)} packets a second`;
}

/** What is about to be done, for people. */
export function planLine(plan: ScanPlan): string {
  const { spider, connect, device, arms } = plan;
  return `${spider.name} over ${connect.name} on ${device.name}, ${pace(plan)}: ${
    arms.map(({ name }) => name).join(", ")
  }`;
}

/** What a scan would do. */
export interface DryRun {
  readonly plan: ScanPlan;
  /** Targets of this run, as far as can be told. */
  readonly targets: number;
  /** Those that it would begin with. */
  readonly first: readonly string[];
  /** The routers that probes go to; empty where the targets are on the link itself. */
  readonly routers: readonly string[];
  /** What each arm sends to the first of them, with another key than the scan's. */
  readonly packets: readonly ArmPacket[];
  readonly warnings: readonly string[];
  /** Lines of the list that cannot be used. */
  readonly skipped: Skipped;
}

/** Probes of a scan, and how long sending them takes; null where the rate does not say so. */
function extent(
  { plan: { arms, probes, rate, bandwidth }, targets }: Pick<DryRun, "plan" | "targets">,
): { readonly probes: number; readonly seconds: number | null } {
  const all = targets * arms.length * probes;
  return { probes: all, seconds: bandwidth !== undefined || rate === 0 ? null : all / rate };
}

/** What a scan would do, for people. */
export function dryRunText(dry: DryRun): string {
  const { plan, targets, first, routers, packets, warnings, skipped } = dry;
  const { spider, connect, device, arms, sources, sourcePorts, cooldownMs } = plan;
  const { probes, seconds } = extent(dry);
  const rows: readonly (readonly [string, string])[] = [
    ["spider", `${spider.name} over ${connect.name}`],
    ["arms", arms.map(({ name }) => name).join(", ")],
    ["sent by", device.name],
    ["next hop", routers.length === 0 ? "each target itself" : routers.join(", ")],
    ["from", [...sources[4], ...sources[6]].join(", ")],
    ["source ports", `${sourcePorts.first} to ${sourcePorts.last}`],
    ["targets", count(targets)],
    ["probes", count(probes)],
    ["pace", pace(plan)],
    ...(seconds === null ? [] : [
      ["takes", `${duration(seconds)}, and ${duration(cooldownMs / 1000)} for answers`] as const,
    ]),
    ["seed", String(plan.seed)],
    ["first", first.join(", ")],
    ...packets.map(({ arm, octets }) => [`  ${arm}`, encodeHex(octets)] as const),
    ["confirms", plan.confirm ? `${counted(plan.confirmRate, "flow")} an arm a second` : "nothing"],
  ];
  return [
    ...tableLines([{}, {}], rows),
    ...skippedLines(skipped),
    ...warnings.map((text) => `warning: ${text}`),
    "Nothing was sent.",
  ].join("\n");
}

/** The same for programs. */
export function dryRunReport(dry: DryRun): Record<string, unknown> {
  const { plan, targets, first, routers, packets, warnings, skipped } = dry;
  const { spider, connect, device, arms, sources, sourcePorts } = plan;
  return {
    spider: spider.name,
    connect: connect.name,
    arms: arms.map(({ name }) => name),
    interface: device.name,
    routers,
    sources: [...sources[4], ...sources[6]],
    source_ports: [sourcePorts.first, sourcePorts.last],
    targets,
    ...extent(dry),
    rate: plan.bandwidth === undefined ? plan.rate : null,
    bandwidth: plan.bandwidth ?? null,
    cooldown: plan.cooldownMs / 1000,
    seed: plan.seed,
    first,
    packets: Object.fromEntries(packets.map(({ arm, octets }) => [arm, encodeHex(octets)])),
    confirm: plan.confirm,
    lines_skipped: Object.fromEntries(skipped.reasons),
    warnings,
  };
}
