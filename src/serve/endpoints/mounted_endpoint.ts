import { Failure } from "../../host/failure.ts";
import { fileError } from "../../host/file_error.ts";
import { inTime } from "../../host/in_time.ts";
import { ComingBodies } from "../http/coming_bodies.ts";
import { ProblemError } from "../http/problem.ts";
import { boundedAnswer } from "./bounded.ts";
import { BundledHost, type HostParts } from "./bundled_host.ts";
import type { EndpointFacts, EndpointHost } from "./endpoint_host.ts";
import type { HostedRequest } from "./hosted_request.ts";
import type { PlannedEndpoint } from "./plan.ts";
import { ProcessHost } from "./process_host.ts";

/** What an endpoint may take where neither it nor the configuration says so. */
const USUAL_LIMITS = { seconds: 30, body: 1 << 20, answer: 64 << 20, concurrency: 16 } as const;
/** How long requests may take to end on one that is taken out or loaded anew, in milliseconds. */
const DRAIN = 10_000;
/** How long it takes until one whose process has ended is started once more, in milliseconds. */
const REVIVAL = 1000;

type Limits = { readonly [Name in keyof typeof USUAL_LIMITS]: number };

/** A place among the requests of an endpoint. */
export interface EndpointPlace {
  /**
   * Asks it, and gives the place back at the end of the answer.
   *
   * @param gone aborts when nobody waits for the answer any more
   * @throws {ProblemError} 504 when it takes too long, 400 for a request that is none
   * @throws {EndpointFailure} when it failed
   */
  ask(request: Omit<HostedRequest, "signal">, gone: AbortSignal): Promise<Response>;
  /** Gives it back where nothing was asked. */
  leave(): void;
}

/** Whether an endpoint answers: it does, it was taken out, or it cannot. */
export type EndpointState = "loaded" | "unloaded" | "failed";

/** One start of it: requests under way keep it until they have ended. */
interface Turn {
  readonly host: EndpointHost;
  requests: number;
  /** Called when the last request has ended; null while it is to take more. */
  drained: (() => void) | null;
}

/** An endpoint at its route, through all its reloads. */
export class MountedEndpoint {
  readonly planned: PlannedEndpoint;
  /** Bodies of requests for it, until they have come. */
  readonly bodies = new ComingBodies();
  readonly #parts: HostParts;
  #turn: Turn | null = null;
  /** Why it could not be loaded. */
  #problem: string | null = null;
  /** Loads, reloads and unloads, one after the other. */
  #work: Promise<unknown> = Promise.resolve();
  /** Ends of turns that still go on. */
  readonly #ending = new Set<Promise<void>>();
  #revived = -Infinity;

  constructor(planned: PlannedEndpoint, parts: HostParts) {
    const { name } = planned;
    this.planned = planned;
    this.#parts = { ...parts, log: (level, text) => parts.log(level, `plugin ${name}: ${text}`) };
  }

  get state(): EndpointState {
    if (this.#turn !== null) return "loaded";
    return this.#problem === null ? "unloaded" : "failed";
  }

  /** Why it failed; null when it did not. */
  get problem(): string | null {
    return this.#problem;
  }

  /** What it says of itself; null while it is not loaded. */
  get facts(): EndpointFacts | null {
    return this.#turn?.host.facts ?? null;
  }

  /** Who may ask; null while it is not loaded. */
  get scope() {
    return this.planned.scope ?? this.facts?.scope ?? null;
  }

  /** What it may take: more than is usual where it ships with the program, or the configuration says so. */
  get limits(): Limits {
    const { host } = this.#turn ?? {};
    const limits: Record<string, number> = { ...USUAL_LIMITS };
    for (const [name, value = Infinity] of Object.entries(host?.facts.limits ?? {})) {
      limits[name] = host!.isBundled ? value : Math.min(value, limits[name]!);
    }
    return { ...limits, ...this.planned.limits } as Limits;
  }

  /**
   * Loads it, anew where it is loaded: the new code answers from then on, and what the old one is asked
   * ends on it.
   *
   * @throws {Failure} why it cannot; the old one goes on
   */
  load(): Promise<void> {
    return this.#next(async () => {
      const host = await this.#start();
      const old = this.#turn;
      this.#turn = { host, requests: 0, drained: null };
      this.#problem = null;
      this.#parts.log("debug", `loaded, version ${host.facts.version}`);
      if (old !== null) this.#end(old);
    });
  }

  /**
   * Takes it out: its requests end, and then it. Waits for that.
   *
   * @param patience how long its requests may take to end, in milliseconds
   */
  unload(patience = DRAIN): Promise<void> {
    return this.#next(async () => {
      const old = this.#turn;
      this.#turn = null;
      this.#problem = null;
      if (old !== null) this.#end(old, patience);
      await Promise.all(this.#ending);
      if (old !== null) this.#parts.log("debug", "taken out");
    });
  }

  /**
   * Takes a place among its requests.
   *
   * @throws {ProblemError} 503 when it has too many, or is not there
   */
  async enter(): Promise<EndpointPlace> {
    const turn = await this.#usable();
    const { concurrency, seconds, answer: most } = this.limits;
    if (turn.requests >= concurrency) {
      throw new ProblemError(503, `${this.planned.route} has as many requests as it takes`, {
        headers: { "retry-after": "1" },
      });
    }
    turn.requests++;
    let isOver = false;
    const ended = (isTooLong = false) => {
      if (isOver) return;
      isOver = true;
      turn.requests--;
      if (isTooLong) this.#parts.log("error", `an answer had more than ${most} octets: broken off`);
      if (turn.requests === 0) turn.drained?.();
    };
    return {
      leave: () => ended(),
      ask: async (request, gone) => {
        const late = new AbortController();
        const timer = setTimeout(() => late.abort(), seconds * 1000);
        try {
          const signal = AbortSignal.any([gone, late.signal]);
          const overdue = Promise.withResolvers<never>();
          signal.addEventListener("abort", () => overdue.reject(signal.reason));
          overdue.promise.catch(() => {}); // what is asked says it
          const asked = turn.host.ask({ ...request, signal });
          return boundedAnswer(await Promise.race([asked, overdue.promise]), most, ended);
        } catch (error) {
          ended();
          if (!late.signal.aborted) throw error;
          this.#parts.log("warning", `did not answer within ${seconds} s`);
          await turn.host.isLate();
          throw new ProblemError(504, `${this.planned.route} did not answer within ${seconds} s`);
        } finally {
          clearTimeout(timer);
        }
      },
    };
  }

  /** The turn that answers; one whose process has ended is started once more. */
  async #usable(): Promise<Turn> {
    const isGone = () => this.#turn?.host.gone.aborted ?? false;
    if (isGone() && performance.now() - this.#revived > REVIVAL) {
      this.#revived = performance.now();
      await this.#next(async () => {
        if (!isGone()) return;
        const host = await this.#start();
        this.#turn = { host, requests: 0, drained: null };
      }).catch((error) => this.#parts.log("error", error.message));
    }
    if (this.#turn !== null && !isGone()) return this.#turn;
    throw new ProblemError(
      503,
      `${this.planned.route} cannot answer now; the server's log says why`,
      {
        headers: { "retry-after": "2" },
      },
    );
  }

  async #start(): Promise<EndpointHost> {
    try {
      return await BundledHost.start(this.planned, this.#parts) ??
        await ProcessHost.start(this.planned, this.#parts);
    } catch (error) {
      // What this host cannot do, such as write to a full disk, is no fault of the program either
      const isOfHost = Object.values(Deno.errors).some((one) => error instanceof one);
      if (!(error instanceof Failure) && !isOfHost) throw error;
      const why = error instanceof Failure ? error.message : fileError(error);
      if (this.#turn === null) this.#problem = why;
      throw new Failure(`the plugin ${this.planned.name} cannot be loaded: ${why}`, {
        cause: error,
      });
    }
  }

  /** Ends a turn when its requests have ended, or have taken too long to. */
  #end(turn: Turn, patience = DRAIN): void {
    const drained = turn.requests === 0
      ? Promise.resolve()
      : new Promise<void>((resolve) => turn.drained = resolve);
    const ending: Promise<void> = inTime(drained, patience).then(() => turn.host.close())
      .finally(() => this.#ending.delete(ending));
    this.#ending.add(ending);
  }

  #next<T>(work: () => Promise<T>): Promise<T> {
    const next = this.#work.then(work);
    this.#work = next.catch(() => {}); // its caller is told
    return next;
  }
}
