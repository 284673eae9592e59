import type {
  EndpointContext,
  EndpointLogLevel,
  EndpointRequest,
  EndpointSessions,
  HttpEndpoint,
} from "../../contract/endpoint.ts";
import type { OptionValues } from "../../contract/option.ts";
import { inTime } from "../../host/in_time.ts";
import { callPlugin } from "../../measure/plugin_call.ts";
import { responseOf } from "./answer.ts";

/** How long background tasks may take to end after they were told to, in milliseconds. */
const FAREWELL = 3000;

/** What an endpoint is begun with. */
export interface EndpointStart {
  readonly options: OptionValues;
  readonly route: string;
  readonly config: Readonly<Record<string, unknown>>;
  log(level: EndpointLogLevel, text: string): void;
  readonly sessions?: EndpointSessions;
}

/** An endpoint between its begin and its close. */
export class RunningEndpoint {
  readonly #endpoint: HttpEndpoint;
  readonly #context: EndpointContext;
  readonly #ending = new AbortController();
  readonly #tasks = new Set<Promise<void>>();

  private constructor(endpoint: HttpEndpoint, start: EndpointStart) {
    this.#endpoint = endpoint;
    this.#context = {
      ...start,
      log: (level, text) => start.log(level, text),
      signal: this.#ending.signal,
      task: (name, run) => this.#begin(name, run),
    };
  }

  /**
   * Begins with an endpoint.
   *
   * @throws {Failure} what its `init` has thrown
   */
  static async begin(endpoint: HttpEndpoint, start: EndpointStart): Promise<RunningEndpoint> {
    const running = new RunningEndpoint(endpoint, start);
    try {
      await callPlugin(endpoint, "init", () => endpoint.init?.(running.#context));
    } catch (error) {
      await running.#endTasks();
      throw error;
    }
    return running;
  }

  /**
   * Asks it.
   *
   * @throws {Failure} what it has thrown, or why its answer is none
   */
  async handle(request: EndpointRequest): Promise<Response> {
    const endpoint = this.#endpoint;
    return await callPlugin(
      endpoint,
      "handler",
      async () => responseOf(await endpoint.handler(request, this.#context)),
    );
  }

  /** Ends its tasks, and then it. What it throws stands in the log. */
  async close(): Promise<void> {
    await this.#endTasks();
    const endpoint = this.#endpoint;
    try {
      await callPlugin(endpoint, "close", () => endpoint.close?.(this.#context));
    } catch (error) {
      this.#context.log("error", (error as Error).message);
    }
  }

  #begin(name: string, run: (signal: AbortSignal) => Promise<void>): void {
    const { signal } = this.#ending;
    if (signal.aborted) return;
    const task: Promise<void> = Promise.resolve(
      callPlugin(this.#endpoint, `its task ${name}`, () => run(signal)),
    ).catch((error) => {
      if (!signal.aborted) this.#context.log("error", (error as Error).message);
    }).finally(() => this.#tasks.delete(task));
    this.#tasks.add(task);
  }

  async #endTasks(): Promise<void> {
    this.#ending.abort();
    if (await inTime(Promise.all(this.#tasks), FAREWELL) !== null) return;
    const { size } = this.#tasks;
    this.#context.log("warning", `${size} of its tasks go on ${FAREWELL / 1000} s after its end`);
  }
}
