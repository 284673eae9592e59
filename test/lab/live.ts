import { LiveLab } from "../../src/lab/live/live_lab.ts";
import { planLab } from "../../src/lab/topology/plan.ts";
import type { LabPlan } from "../../src/lab/topology/network_plan.ts";
import type { InProcessOptions } from "../in_process.ts";
import { Residents } from "../resident.ts";
import type { ProgramRun } from "../spider.ts";

let labs = 0;

/** A name that no other test's lab has. */
export function labNameHere(): string {
  return `test-${Deno.pid}-${++labs}`;
}

/** Plans a lab that is a text of YAML. */
export function planned(text: string, name = "lab"): Promise<LabPlan> {
  return planLab(text, "lab.yaml", name);
}

/** A lab for a test, with what it said. */
export class TestLab implements AsyncDisposable {
  readonly lab: LiveLab;
  /** What it found wrong with itself. */
  readonly faults: string[];
  /** Of hosts on which the program ran, by the hosts' names. */
  readonly #residents = new Map<string, Residents>();

  private constructor(lab: LiveLab, faults: string[]) {
    this.lab = lab;
    this.faults = faults;
  }

  /** Builds a lab that is a text of YAML, and starts its services. */
  static async open(text: string, name = labNameHere()): Promise<TestLab> {
    const faults: string[] = [];
    const listener = { restored: () => {}, fault: (sentence: string) => faults.push(sentence) };
    const lab = LiveLab.open(await planned(text, name), listener);
    try {
      await lab.startServices();
    } catch (error) {
      await lab.close();
      throw error;
    }
    return new TestLab(lab, faults);
  }

  /** The same calls for a lab that is open already, and that somebody else closes. */
  static around(lab: LiveLab): TestLab {
    return new TestLab(lab, []);
  }

  /** Puts a command line onto a host. */
  on(host: string): (line: readonly string[]) => string[] {
    const { namespace } = this.lab.node(host);
    return (line) => ["ip", "netns", "exec", namespace, ...line];
  }

  /** Runs the program to its end on a host, without a process of its own. */
  spider(
    host: string,
    args: readonly string[],
    options: InProcessOptions = {},
  ): Promise<ProgramRun> {
    const residents = this.#residents.get(host) ?? new Residents(this.on(host));
    this.#residents.set(host, residents);
    return residents.run(args, options);
  }

  /** Runs a command of sh on a host; both of its outputs. */
  async sh(host: string, command: string): Promise<string> {
    const [program = "", ...args] = this.on(host)(["sh", "-c", command]);
    const { stdout, stderr } = await new Deno.Command(program, { args }).output();
    const decoder = new TextDecoder();
    return decoder.decode(stdout) + decoder.decode(stderr);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const residents of this.#residents.values()) await residents.close();
    await this.lab.close();
  }
}
