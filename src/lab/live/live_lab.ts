import { Journal } from "../../host/journal.ts";
import { Reactor } from "../../host/reactor.ts";
import { restore } from "../../host/restore.ts";
import { LabProgram } from "../box/program.ts";
import { programs, relayPorts, shapedInterfaces } from "../box/queues.ts";
import { build } from "../topology/build.ts";
import type { LabPlan, PlannedNode } from "../topology/network_plan.ts";
import { LabServices } from "../service/services.ts";
import { writeNote } from "./note.ts";

/** How long its program waits where nothing happens, in milliseconds: packets and its end wake it. */
const IDLE = 100;

/** Who is told what happens to a lab. */
export interface LabListener {
  /** A sentence for each leftover of a killed run that was put back, or could not be. */
  restored(sentence: string): void;
  /** A sentence on something that is wrong in the lab. */
  fault(sentence: string): void;
}

/**
 * A lab that this process holds: it is there until it is closed, or this process ends, however that
 * happens. Its program runs in this process, so nothing here may block for long.
 */
export class LiveLab implements AsyncDisposable {
  readonly plan: LabPlan;
  readonly #journal: Journal;
  readonly #reactor: Reactor | null;
  readonly #program: LabProgram | null;
  readonly #running: Promise<void>;
  readonly #listener: LabListener;
  #services: LabServices | null = null;

  private constructor(
    plan: LabPlan,
    journal: Journal,
    started: { readonly reactor: Reactor; readonly program: LabProgram } | null,
    listener: LabListener,
  ) {
    this.plan = plan;
    this.#journal = journal;
    this.#reactor = started?.reactor ?? null;
    this.#program = started?.program ?? null;
    this.#listener = listener;
    this.#running = started?.reactor.run() ?? Promise.resolve();
    // Whoever closes it gets what went wrong
    this.#running.catch(() => {});
  }

  /**
   * Removes what killed labs have left, and builds this one.
   *
   * @throws {Failure} when it cannot be built; nothing of it is left then
   */
  static open(plan: LabPlan, listener: LabListener): LiveLab {
    restore().forEach((sentence) => listener.restored(sentence));
    const journal = Journal.open();
    try {
      build(plan, journal);
      const started = takesProgram(plan) ? start(plan, listener) : null;
      writeNote(plan, journal);
      return new LiveLab(plan, journal, started, listener);
    } catch (error) {
      journal.close();
      throw error;
    }
  }

  /**
   * A host or router, by its name.
   *
   * @throws {RangeError} when there is none of that name
   */
  node(name: string): PlannedNode {
    const found = this.plan.nodes.find((node) => node.name === name);
    if (found === undefined) throw new RangeError(`the lab has no host or router ${name}`);
    return found;
  }

  /**
   * Starts its services, and waits until they are ready.
   *
   * @throws {Failure} when one is not installed, ends, or is not ready in time
   */
  async startServices(signal?: AbortSignal): Promise<void> {
    this.#services = new LabServices(this.plan, this.#journal);
    await this.#services.ready(signal);
  }

  /** Where files and logs of its services are; null without any. */
  get servicesFolder(): string | null {
    return this.#services?.folder ?? null;
  }

  /** Fails when its program does. */
  get running(): Promise<void> {
    return this.#running;
  }

  /** Ends everything that runs in it, and removes it. Says what was lost on the way. */
  async close(): Promise<void> {
    try {
      for (const problem of await this.#services?.stop() ?? []) this.#listener.fault(problem);
      const drops = this.#program?.drops() ?? 0;
      if (drops > 0) {
        this.#listener.fault(
          `The lab's program was too slow for ${drops} packets, which were dropped: send less, or ` +
            "take verdicts with care.",
        );
      }
      this.#reactor?.stop();
      await this.#running;
    } finally {
      this.closeAtOnce();
    }
  }

  /** The same, without waiting for its program: for a second signal. */
  closeAtOnce(): void {
    this.#program?.[Symbol.dispose]();
    this.#journal.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}

function takesProgram({ nodes, links }: LabPlan): boolean {
  return links.some(({ tunnel }) => tunnel) ||
    nodes.some((node) =>
      programs(node).length > 0 || shapedInterfaces(node).length > 0 || relayPorts(node).length > 0
    );
}

function start(plan: LabPlan, listener: LabListener) {
  const reactor = new Reactor(IDLE);
  return { reactor, program: new LabProgram(plan, reactor, (text) => listener.fault(text)) };
}
