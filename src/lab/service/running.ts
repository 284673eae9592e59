import { Failure } from "../../host/failure.ts";
import { programPath } from "../../host/program_path.ts";
import { inTime } from "../../host/in_time.ts";
import { sleep } from "../../host/sleep.ts";
import { writing } from "../../host/writing.ts";
import type { PlacedCommand } from "../../contract/environment.ts";
import type { Peer, Service } from "../../contract/service.ts";
import type { PlannedService } from "../topology/network_plan.ts";
import type { Certificate } from "./certificate.ts";
import { ServiceLog } from "./log.ts";
import { answers } from "./ready.ts";

/** How often is looked whether it is ready, in milliseconds. */
const EVERY = 10;
/** How long it may take to end in order. */
const FAREWELL = 3000;
/** How long the rest of its log is waited for after its end, in milliseconds. */
const LAST_WORDS = 100;
/** The status of shells for what a signal has ended, less its number. */
const SIGNALLED = 128;
const SIGNALS = { SIGINT: 2, SIGQUIT: 3, SIGTERM: 15 } as const;
/** Lines of its log that a message quotes. */
const QUOTED = 5;

/** Where and within what a service runs. */
export interface ServicePlace {
  /** What it is called, also its log. */
  readonly called: string;
  /** A folder of its own, which is there. */
  readonly folder: string;
  readonly certificate: Certificate;
  /** The network namespace that it is in; null for that of this process. */
  readonly namespace: string | null;
  /** Whether its program is this machine's; true when missing. */
  readonly ownProgram?: boolean;
  /** Makes the command that is run of the service's own. */
  place(command: PlacedCommand): PlacedCommand;
  /** The signal that ends it, where it is not that of the service. */
  readonly stop?: NonNullable<Service["stop"]>;
  /** Milliseconds that it may take to end in order, where that takes longer than for others. */
  readonly farewell?: number;
  /** Other services that it is told of. */
  readonly peers?: readonly Peer[];
}

/** Puts a command into a network namespace. */
export function inNamespace(namespace: string): (command: PlacedCommand) => PlacedCommand {
  return ({ words, variables }) => ({
    words: ["ip", "netns", "exec", namespace, ...words],
    variables,
  });
}

/** A service that runs. */
export class RunningService {
  readonly planned: PlannedService;
  readonly log: ServiceLog;
  readonly #called: string;
  readonly #namespace: string | null;
  readonly #stop: NonNullable<Service["stop"]>;
  readonly #farewell: number;
  readonly #child: Deno.ChildProcess;
  readonly #read: Promise<unknown>;
  readonly #over = new AbortController();
  /** How it ended; null while it runs. */
  #ended: Deno.CommandStatus | null = null;

  /**
   * Starts it; one in a namespace is gone with that at the latest.
   *
   * @throws {Failure} when its program is not there, or its plugin's code fails
   */
  constructor(planned: PlannedService, place: ServicePlace) {
    const { service, ports, options } = planned;
    const { called, folder, certificate, ownProgram = true, peers = [] } = place;
    const context = { folder, ports, options, ...certificate, target: null, peers };
    const [files, own] = asked(
      service.name,
      () => [service.files?.(context) ?? {}, service.arguments(context)] as const,
    );
    putFiles(folder, service.name, files);
    const program = ownProgram ? programPath(service.program) : null;
    const { words, variables } = place.place({
      words: [program ?? service.program, ...own],
      variables: { HOME: folder, LC_ALL: "C" },
    });
    this.planned = planned;
    this.#called = called;
    this.#namespace = place.namespace;
    this.#stop = place.stop ?? service.stop ?? "SIGTERM";
    this.#farewell = place.farewell ?? FAREWELL;
    this.log = new ServiceLog(`${folder}/${called}.log`);
    // A session of its own: what a terminal sends to us is none of its affair
    this.#child = new Deno.Command("setsid", {
      args: ["--wait", ...words],
      cwd: folder,
      clearEnv: true,
      env: { PATH: Deno.env.get("PATH") ?? "", ...variables },
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    const { stdout, stderr } = this.#child;
    const { signal } = this.#over;
    this.#read = Promise.all([this.log.read(stdout, signal), this.log.read(stderr, signal)]);
    this.#child.status.then((status) => this.#ended = status);
  }

  /**
   * Waits until it is ready: its log says so, or it takes connections and answers on all its ports.
   *
   * @throws {Failure} when it ends before, or is not ready in time, with the end of its log
   */
  async ready(signal?: AbortSignal): Promise<void> {
    const { service, ports, greetings, timeout } = this.planned;
    const said = service.ready === undefined ? null : new RegExp(service.ready);
    let isSaid = said === null;
    const end = this.log.watch((line) => isSaid ||= said!.test(line));
    try {
      const waiting = new Set(ports);
      for (const deadline = performance.now() + timeout; performance.now() < deadline;) {
        if (this.#ended !== null) {
          throw this.#failed(`ended with ${this.#ended.code} before it was ready`);
        }
        for (const port of waiting) {
          const greeting = greetings[port.protocol];
          if (await answers(this.#namespace, port, greeting, service.families)) {
            waiting.delete(port);
          }
        }
        if (isSaid && waiting.size === 0) return;
        if (!await sleep(EVERY, signal)) return;
      }
      const open = [...waiting].map(({ transport, port }) => `${transport} ${port}`);
      const lack = [
        ...(isSaid ? [] : [`its log has no line ${service.ready}`]),
        ...(open.length > 0 ? [`it does not answer on ${open.join(", ")}`] : []),
      ];
      throw this.#failed(`is not ready after ${timeout / 1000} s: ${lack.join(", and ")}`);
    } finally {
      end();
    }
  }

  /** Whether it runs. */
  get isRunning(): boolean {
    return this.#ended === null;
  }

  /**
   * Ends it in order, or kills it when it does not end.
   *
   * @returns what was not in order, as a sentence; null when all was
   */
  async stop(): Promise<string | null> {
    const { service } = this.planned;
    const gone = this.#ended;
    if (gone === null) this.#child.kill(this.#stop);
    const status = await inTime(this.#child.status, this.#farewell);
    if (status === null) this.#child.kill("SIGKILL");
    await this.#child.status;
    // What it has left running may hold its outputs open, until the lab ends
    await inTime(this.#read, LAST_WORDS);
    this.#over.abort();
    await this.#read;
    this.log[Symbol.dispose]();
    if (status === null) {
      return this.#said(`did not end after ${this.#stop}, and was killed`);
    }
    // What runs it for us, as podman does, tells of the signal by its status
    const inOrder = status.signal === this.#stop ||
      status.code === SIGNALLED + SIGNALS[this.#stop] ||
      (service.ends ?? [0]).includes(status.code);
    if (gone !== null) return this.#said(`had ended by itself with ${gone.code}`);
    if (!inOrder) return this.#said(`ended with ${status.code}`);
    const { unwritten } = this.log;
    return unwritten === null ? null : this.#said(`could not log all that it said: ${unwritten}`);
  }

  #failed(what: string): Failure {
    return new Failure(this.#said(what).replace(/^The/, "the").replace(/\.$/, ""));
  }

  #said(what: string): string {
    const lines = this.log.last(QUOTED);
    const log = lines.length === 0 ? "its log is empty" : `its log ends with: ${lines.join(" | ")}`;
    return `The service ${this.#called} ${what}; ${log}.`;
  }
}

/**
 * Writes the files of a service into its folder.
 *
 * @throws {Failure} when one is not to lie there, or cannot be written
 */
export function putFiles(
  folder: string,
  service: string,
  files: Readonly<Record<string, string | Uint8Array>>,
): void {
  for (const [name, content] of Object.entries(files)) {
    if (name.includes("/") || name.startsWith(".")) {
      throw new Failure(
        `the service ${service} writes a file ${name}: a name without folders is wanted`,
      );
    }
    const octets = typeof content === "string" ? new TextEncoder().encode(content) : content;
    const path = `${folder}/${name}`;
    writing(path, () => Deno.writeFileSync(path, octets));
  }
}

/** What a plugin's code gives; where it fails, a sentence with its name. */
export function asked<T>(name: string, ask: () => T): T {
  try {
    return ask();
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new Failure(`the code of the plugin ${name} fails: ${why}`, {
      cause: error,
    });
  }
}
