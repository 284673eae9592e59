import type { ProbingListener, ProbingOutcome } from "../../run/probing/probing_run.ts";
import type { Context } from "../command.ts";
import { INTERRUPTED } from "../interruption.ts";
import { canvasOn, Screen } from "../terminal/screen.ts";
import { hostsStatus, missingTeller } from "./hosts.ts";
import type { ProbingOptions } from "./options.ts";
import { RecordOutput } from "./record_output.ts";

/** Starts probing, and ends it with a signal. */
interface Probes {
  run(stop: AbortSignal): Promise<ProbingOutcome>;
}

/** What a command that probes shows meanwhile: a screen that is drawn again, records, or neither. */
export class ProbingDisplay<T> {
  /** What is found of each target; empty before they are known. */
  all: readonly T[] = [];
  screen: Screen | null = null;
  records: RecordOutput | null = null;
  readonly listener: ProbingListener<T>;
  readonly #options: ProbingOptions & { readonly queries: number | undefined };
  readonly #gone = new AbortController();

  /**
   * @param columns those of CSV
   * @param lines what the screen shows of all targets
   */
  constructor(
    options: ProbingOptions & { readonly queries: number | undefined },
    columns: readonly string[],
    streams: Pick<Context, "stdout" | "stderr">,
    lines: (all: readonly T[]) => string[],
  ) {
    const { watch, json, csv } = this.#options = options;
    this.listener = {
      missing: missingTeller(streams),
      begun: (all) => {
        this.all = all;
        if (watch) {
          const gone = () => this.#gone.abort();
          this.screen = new Screen(() => lines(all), gone, canvasOn(streams.stdout));
        }
        if (json || csv) this.records = new RecordOutput(csv ? columns : null, streams.stdout);
      },
    };
  }

  /** Runs to the end, the signal, or the end of the terminal, and closes what was shown. */
  async run(run: Probes, signal: AbortSignal): Promise<ProbingOutcome> {
    try {
      return await run.run(AbortSignal.any([signal, this.#gone.signal]));
    } finally {
      this.screen?.stop();
      await this.records?.close();
    }
  }

  /** The exit status. Throws what ended the run early. */
  status(outcome: ProbingOutcome, interrupted: boolean): number {
    const status = hostsStatus(outcome);
    const { watch, queries } = this.#options;
    // An endless watch ends with a signal
    return interrupted && !(watch && queries === undefined) ? INTERRUPTED : status;
  }
}
