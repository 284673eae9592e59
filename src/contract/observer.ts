import type { ExperimentEvent } from "./experiment_event.ts";
import type { Manifest } from "./manifest.ts";
import type { OptionValues } from "./option.ts";

/** What an observer is given for one run: the same object in each call of that run. */
export interface ObserverTools {
  readonly options: OptionValues;
  /** Prints a line for people; control characters in it become `?`. */
  print(line: string): void;
}

/**
 * Is told of everything that happens in an experiment, and changes nothing of it: one that fails or is
 * too slow is done without.
 */
export interface Observer extends Manifest {
  readonly kind: "observer";
  /** OPTIONAL. The types of the events that it is given; all when missing. */
  readonly observes?: readonly ExperimentEvent["type"][];
  /** OPTIONAL. Before the first event; events wait until its promise is settled. */
  begin?(tools: ObserverTools): void | Promise<void>;
  /**
   * MANDATORY. An event, a copy of its own. Events come in their order, each when the promise for the
   * one before it is settled; 10,000 wait at most, and what comes then is left out.
   */
  event(event: ExperimentEvent, tools: ObserverTools): void | Promise<void>;
  /**
   * OPTIONAL. After the last event, also where the run was interrupted or `event` has failed. From the
   * end of the run on 5 s are left for events that wait and for this.
   */
  close?(tools: ObserverTools): void | Promise<void>;
}
