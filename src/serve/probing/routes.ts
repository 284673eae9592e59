import type { Hono } from "hono";
import type { PrefixSet } from "../../target/prefix.ts";
import type { Config } from "../config/schema.ts";
import { bodyOctets, jsonBody } from "../http/body.ts";
import { checkedAs } from "../http/checked.ts";
import type { ServeEnvironment } from "../http/environment.ts";
import { ProblemError } from "../http/problem.ts";
import { requireScope } from "../keys/access.ts";
import { whileAllowed } from "../keys/while_allowed.ts";
import type { QueueSettings } from "../measurements/queue.ts";
import { probingLines } from "./probing_process.ts";
import { type ProbingCommand, probingRequests, probingWords } from "./request.ts";

/** Requests that probe at once: each has a process of its own. */
const MOST = 4;
/** Those of one key, so that it does not keep all others waiting. */
const MOST_OF_A_KEY = 2;

/** What answers of probes are made of. */
export interface ProbingParts {
  readonly config: () => Config;
  /** Addresses that are never probed. */
  readonly blocked: () => PrefixSet;
  readonly place: QueueSettings["place"];
  /** Aborts when the server ends. */
  readonly closing: AbortSignal;
}

/** The path of each command. */
export const PATHS: Readonly<Record<ProbingCommand, string>> = {
  ping: "/pings",
  trace: "/traces",
  locate: "/locations",
};

/** The media type of each form of an answer. */
export const TYPES = {
  json: "application/x-ndjson",
  csv: "text/csv; charset=utf-8",
  text: "text/plain; charset=utf-8",
} as const;

/** Probes whose answer is the lines of the command, as they come. */
export function probingRoutes(app: Hono<ServeEnvironment>, parts: ProbingParts): void {
  const { config, blocked, place, closing } = parts;
  /** Whose requests are being probed for; null for somebody without a key. */
  const running: (string | null)[] = [];
  for (const [command, path] of Object.entries(PATHS) as [ProbingCommand, string][]) {
    app.post(path, async (context) => {
      const { key } = context.get("caller");
      requireScope(context.get("caller"), "measure");
      const { requests: { body: most, seconds } } = config();
      const octets = await bodyOctets(context.req.raw, { most, seconds });
      const request = checkedAs(
        probingRequests[command],
        jsonBody(context.req.raw, octets),
        "body",
      );
      const alone = request.targets.filter((address) => blocked().has(address));
      if (alone.length > 0) {
        throw new ProblemError(422, `${alone.join(", ")} does not want to be measured`);
      }
      const own = key === null ? 0 : running.filter((one) => one === key).length;
      if (running.length >= MOST || own >= MOST_OF_A_KEY) {
        const which = own >= MOST_OF_A_KEY ? `${own} requests of this key` : `${MOST} requests`;
        throw new ProblemError(503, `${which} are being probed for already`, {
          headers: { "retry-after": "5" },
        });
      }
      running.push(key);
      const leave = () => void running.splice(running.indexOf(key), 1);
      try {
        // `completed` of Deno's server tells of a client that is gone only once it is answered
        const signal = AbortSignal.any([closing, context.req.raw.signal]);
        const lines = await probingLines(probingWords(command, request), place, signal);
        const counted = whileAllowed(lines, context.get("isStillCaller")).pipeThrough(
          new TransformStream({ flush: leave, cancel: leave }),
        );
        context.header("Content-Type", TYPES[request.form ?? "json"]);
        return context.body(counted);
      } catch (error) {
        leave();
        throw error;
      }
    });
  }
}
