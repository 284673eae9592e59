import type { EndpointSessions, HttpEndpoint } from "../../contract/endpoint.ts";
import { Failure } from "../../host/failure.ts";
import type { Journal } from "../../host/journal.ts";
import { loadBundled } from "../../plugin/bundled.ts";
import { RunningEndpoint } from "../../plugin/endpoint/running.ts";
import { readValues } from "../../plugin/schema/option.ts";
import type { LogLevel } from "../../host/log_level.ts";
import { DatabaseFailure } from "../database/database.ts";
import { type EndpointFacts, EndpointFailure, type EndpointHost } from "./endpoint_host.ts";
import { factsOf } from "./facts.ts";
import { type HostedRequest, requestOf } from "./hosted_request.ts";
import type { PlannedEndpoint } from "./plan.ts";

/** What endpoints are started with, besides what is planned. */
export interface HostParts {
  /** The configuration, without what is secret. */
  readonly config: Readonly<Record<string, unknown>>;
  readonly folders: readonly string[];
  readonly sessions: EndpointSessions;
  /** Notes what is to be removed. */
  readonly journal: Journal;
  /** Puts a process elsewhere, such as into a network namespace. */
  readonly place?: ((command: readonly string[]) => readonly string[]) | undefined;
  log(level: LogLevel, text: string): void;
}

/** An endpoint that ships with the program, in its process. */
export class BundledHost implements EndpointHost {
  readonly facts: EndpointFacts;
  readonly #running: RunningEndpoint;
  readonly #gone = new AbortController();

  private constructor(endpoint: HttpEndpoint, running: RunningEndpoint) {
    this.facts = factsOf(endpoint);
    this.#running = running;
  }

  /**
   * Starts the one that is planned; null where none of that name ships.
   *
   * @throws {Failure} when its options are not as it wants them, or it cannot begin
   */
  static async start(
    { word, options, route }: PlannedEndpoint,
    { config, sessions, log }: HostParts,
  ): Promise<BundledHost | null> {
    const endpoint = await loadBundled("endpoint", word);
    if (endpoint === undefined) return null;
    const values = readValues(endpoint.options ?? {}, options);
    const start = { options: values, route, config, log, sessions };
    return new BundledHost(endpoint, await RunningEndpoint.begin(endpoint, start));
  }

  get isBundled(): boolean {
    return true;
  }

  get gone(): AbortSignal {
    return this.#gone.signal;
  }

  async ask(request: HostedRequest): Promise<Response> {
    const asked = requestOf(request);
    try {
      return await this.#running.handle(asked);
    } catch (error) {
      // It is the server's own database, and its problem that of any request
      if (error instanceof DatabaseFailure) throw error;
      if (error instanceof Failure) throw new EndpointFailure(error.message, { cause: error });
      throw error;
    }
  }

  /** It is the program itself, and does not hang. */
  isLate(): Promise<void> {
    return Promise.resolve();
  }

  async close(): Promise<void> {
    this.#gone.abort();
    await this.#running.close();
  }
}
