import config from "../../../../deno.json" with { type: "json" };
import type { Spider } from "../../../contract/spider.ts";
import type { ScanState } from "../../../run/scanning/state.ts";
import { concluderOf } from "../../../plugin/provenance.ts";
import type { Skipped } from "../../../target/skipped.ts";
import type { RunManifest } from "../../../result/run_manifest.ts";
import type { ScanPlan } from "../../../run/scanning/plan.ts";

/** How a scan ended. */
export type ScanStatus = Exclude<RunManifest["status"], "running">;

/** What a report is made of. */
export interface ScanFacts {
  readonly plan: ScanPlan;
  /** The options of the command line that have a value. */
  readonly asked: Readonly<Record<string, unknown>>;
  readonly started: Date;
  readonly ended: Date;
  readonly status: ScanStatus;
  readonly state: ScanState;
  readonly skipped: Pick<Skipped, "count" | "reasons">;
  readonly warnings: readonly string[];
}

/** What a scan came to, for programs: what `--metadata-file` has, and `--json` writes. */
export function scanReport(facts: ScanFacts): Record<string, unknown> {
  const { plan, state, skipped } = facts;
  const { device, sources, sourcePorts } = plan;
  return {
    program: { name: "spider", version: config.version },
    spider: {
      ...concluderOf(plan.spider as Spider),
      options: plan.spiderOptions,
      connect: plan.connect.name,
      arms: plan.arms.map(({ name }) => name),
    },
    options: facts.asked,
    interface: device.name,
    sources: [...sources[4], ...sources[6]],
    source_ports: [sourcePorts.first, sourcePorts.last],
    seed: plan.seed,
    contact: plan.contact ?? null,
    page: plan.page ?? null,
    started: facts.started.toISOString(),
    ended: facts.ended.toISOString(),
    status: facts.status,
    seconds: state.seconds,
    seconds_sending: state.sending,
    targets: {
      total: state.total,
      probed: state.targets,
      answered: state.answered,
      unobserved: state.unobserved,
      left_out: state.passed,
    },
    lines_skipped: Object.fromEntries(skipped.reasons),
    probes: {
      sent: state.sent,
      failed: state.failed,
      arms: Object.fromEntries(
        state.arms.map(({ name, sent, answered }) => [name, { sent, answered }]),
      ),
    },
    received: state.kinds,
    dropped: { kernel: state.drops, interface: state.interfaceDrops },
    confirming: state.confirming,
    results: state.results,
    conditions: Object.fromEntries(state.conditions),
    warnings: facts.warnings,
  };
}
