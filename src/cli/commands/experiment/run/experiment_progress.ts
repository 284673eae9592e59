import { TEST_STATES, type TestState } from "../../../../contract/experiment_event.ts";
import type { EventBus } from "../../../../lab/experiment/run/events.ts";

const ENDS: readonly TestState[] = ["completed", "failed", "error"];

/** What a run is at, in one line. */
export class ExperimentProgress {
  readonly #states = new Map<string, TestState>();
  #tests = 0;

  constructor(bus: EventBus) {
    bus.listen((event) => {
      if (event.type === "experiment.began") this.#tests = event.tests;
      if (event.type === "test.state" && event.test !== undefined) {
        this.#states.set(event.test, event.state);
      }
    });
  }

  line(): string {
    const counts = TEST_STATES.map((state) =>
      [state, [...this.#states.values()].filter((one) => one === state).length] as const
    );
    const count = (one: TestState) => counts.find(([state]) => state === one)![1];
    const done = ENDS.reduce((sum, state) => sum + count(state), 0);
    const under = counts.filter(([state, count]) => count > 0 && !ENDS.includes(state))
      .map(([state, count]) => `${count} ${state.replace("_", " ")}`);
    return [
      `${done}/${this.#tests} tests`,
      `${count("failed")} failed`,
      `${count("error")} in error`,
      ...under,
    ].join("  ");
  }
}
