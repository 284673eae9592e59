import type { Hono } from "hono";
import type { PrefixSet } from "../../target/prefix.ts";
import type { Config } from "../config/schema.ts";
import { bodyOctets, jsonBody } from "../http/body.ts";
import { checkedAs } from "../http/checked.ts";
import type { ServeEnvironment } from "../http/environment.ts";
import { ProblemError } from "../http/problem.ts";
import { requireScope } from "../keys/access.ts";
import type { QueueSettings } from "../measurements/queue.ts";
import { probingLines } from "./probing_process.ts";
import { type ProbingCommand, probingRequests, probingWords } from "./request.ts";

/** Requests that probe at once: each has a process of its own. */
const MOST = 4;

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
  let running = 0;
  for (const [command, path] of Object.entries(PATHS) as [ProbingCommand, string][]) {
    app.post(path, async (context) => {
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
      if (running >= MOST) {
        throw new ProblemError(503, `${MOST} requests are being probed for already`, {
          headers: { "retry-after": "5" },
        });
      }
      running++;
      try {
        const lines = await probingLines(probingWords(command, request), place, closing);
        const counted = lines.pipeThrough(
          new TransformStream({ flush: () => void running--, cancel: () => void running-- }),
        );
        context.header("Content-Type", TYPES[request.form ?? "json"]);
        return context.body(counted);
      } catch (error) {
        running--;
        throw error;
      }
    });
  }
}
