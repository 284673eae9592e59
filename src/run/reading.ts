import type { Target } from "../contract/job.ts";
import type { Control } from "../measure/control.ts";
import type { Earlier } from "../result/earlier.ts";
import type { Input } from "../target/input.ts";
import type { JobLine } from "../target/job_line.ts";
import { Position } from "../target/position.ts";
import { readJobsTogether } from "../target/read.ts";
import { Skipped } from "../target/skipped.ts";
import type { Plan } from "./plan.ts";

/** Where targets come from. */
export interface TargetSource {
  readonly input: Input;
  /** Read the input as CSV; its form is found out by looking otherwise. */
  readonly csv: boolean;
}

/** The targets of the input that are still to be measured, and what was skipped. */
export class Reading {
  readonly skipped = new Skipped();
  readonly position = new Position();
  /** Targets whose results an earlier run had written. */
  alreadyDone = 0;
  /** Lines that held something. */
  lines = 0;

  constructor(
    private readonly plan: Pick<Plan, "connect" | "spider">,
    private readonly source: TargetSource,
    private readonly earlier: Earlier | null,
  ) {}

  /** How many lines there will be, as far as can be told; null when it cannot. */
  get total(): number | null {
    return this.position.total(this.source.input.size);
  }

  /**
   * What is to be measured, no faster than the results are read where they go.
   *
   * @param room waits until there is some where results go; null when there is
   */
  async *jobs(
    signal: AbortSignal,
    room: (signal: AbortSignal) => Promise<void> | null,
    control: Control | null,
  ): AsyncGenerator<JobLine<Target>> {
    const { source: { input, csv }, position, plan: { connect, spider }, earlier } = this;
    const together = readJobsTogether(input.stream, {
      csv,
      needs: spider.needs ?? "address",
      name: input.name,
      position,
      signal,
    });
    for await (const lines of together) {
      for (const line of lines) {
        this.lines++;
        if (
          earlier !== null && "job" in line && line.job.dip !== undefined &&
          !earlier.seen.add({
            ...line.job,
            dip: line.job.dip,
            dp: line.job.dp ?? connect.defaultPort,
          })
        ) {
          this.alreadyDone++;
          continue;
        }
        const waits = room(signal);
        if (waits !== null) await waits;
        if ("job" in line) control?.begun(line.job);
        yield line;
      }
    }
    await control?.listened(signal);
  }
}
