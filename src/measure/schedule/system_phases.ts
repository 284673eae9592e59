import type { SystemState } from "../../contract/arm.ts";
import type { OptionValues } from "../../contract/option.ts";
import type { Target } from "../../contract/job.ts";
import type { SpiderOf } from "../../contract/spider.ts";
import type { Journal } from "../../host/journal.ts";
import { SysctlHold } from "../../host/sysctl_hold.ts";
import type { PhaseStates } from "./phased.ts";
import { callPlugin } from "../plugin_call.ts";

/** A phase that was begun and not left. */
interface Present {
  readonly state: SystemState;
  /** Whether its beginning has succeeded. */
  readonly entered: Promise<boolean>;
}

/**
 * Sets the host up for each phase's arms, kernel settings first, then the plugin's own hook; and
 * restores it after each, since it is unknown when the next one begins.
 */
export class SystemPhases implements PhaseStates {
  readonly #spider: SpiderOf<Target>;
  readonly #options: OptionValues;
  readonly #states: readonly SystemState[];
  readonly #sysctls: SysctlHold;
  #present: Present | null = null;

  /** @throws {Failure} when a setting does not exist, or another spider holds it */
  constructor(
    spider: SpiderOf<Target>,
    options: OptionValues,
    states: readonly (SystemState | undefined)[],
    journal: Journal,
  ) {
    this.#spider = spider;
    this.#options = options;
    this.#states = states.map((state) => state ?? {});
    this.#sysctls = SysctlHold.open(this.#states.map(({ sysctls = {} }) => sysctls), journal);
  }

  enter(phase: number): Promise<void> {
    const state = this.#states[phase]!;
    const entered = this.#enter(state);
    this.#present = { state, entered: entered.then(() => true, () => false) };
    return entered;
  }

  async leave(): Promise<void> {
    const present = this.#present;
    this.#present = null;
    if (present === null) return;
    const entered = await present.entered;
    try {
      // Settings that could not be made are not another program's
      if (entered) this.#sysctls.check(present.state.sysctls ?? {});
    } finally {
      await this.#call("leave", present.state);
    }
    // Not after an error: closing keeps what another program has set
    this.#sysctls.set({});
  }

  async close(): Promise<void> {
    const present = this.#present;
    this.#present = null;
    try {
      if (present !== null) await this.#call("leave", present.state);
    } finally {
      this.#sysctls.close();
    }
  }

  async #enter(state: SystemState): Promise<void> {
    this.#sysctls.set(state.sysctls ?? {});
    await this.#call("enter", state);
  }

  async #call(hook: "enter" | "leave", state: SystemState): Promise<void> {
    const { [hook]: call } = state;
    if (call === undefined) return;
    await callPlugin(this.#spider, hook, () => call.call(state, this.#options));
  }
}
