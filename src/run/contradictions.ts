import { connectionTypeNamed } from "../connect/registry.ts";
import { armsOf } from "../measure/arms.ts";
import { whyNotIsolated } from "../measure/isolable.ts";
import { phasesOf } from "../measure/schedule/phases.ts";
import type { RunRequest } from "./request.ts";
import { field, type RequestError, requestError } from "./request_error.ts";

/** What of a request can contradict itself, whatever the host. */
export type RequestParts = Pick<
  RunRequest,
  "spider" | "spiderOptions" | "connect" | "repeat" | "isolate" | "locate" | "results"
>;

/** Whether a run writes targets for others in place of results. */
export function yieldsTargets(
  { spider, results }: Pick<RequestParts, "spider" | "results">,
): boolean {
  return spider.jobs !== undefined && !results;
}

/**
 * What of a request goes not together, one error for each.
 *
 * @throws {Failure} when the spider's arms cannot be run
 */
export function* contradictions(request: RequestParts): Generator<RequestError> {
  const { spider, spiderOptions, locate, isolate } = request;
  // One that runs in a worker of its own keeps its functions there
  if (locate && typeof spider.locate?.features !== "function") {
    yield requestError`the spider ${spider.name} does not say what is to be localised; leave out ${
      field("locate")
    }`;
  }
  if (request.repeat > 1 && yieldsTargets(request)) {
    yield requestError`${spider.name} yields targets, not results to compare: leave out ${
      field("repeat")
    }`;
  }
  const [standard, ...others] = spider.connect;
  const name = request.connect ?? standard;
  if (![standard, ...others].includes(name)) {
    yield requestError`the spider ${spider.name} knows nothing of ${
      field("connect", name)
    }; it measures over ${spider.connect.join(", ")}`;
    return;
  }
  const connect = connectionTypeNamed(name);
  if (locate && connect.transport === "udp") {
    yield requestError`${
      field("locate")
    } sends TCP SYNs, which say nothing of ${connect.name}; choose another ${field("connect")}`;
  }
  if (!isolate) return;
  const why = whyNotIsolated(spider.name, phasesOf(armsOf(spider, spiderOptions), connect));
  if (why !== null) yield requestError`${why}: leave out ${field("isolate")}`;
}
