import { checkLimits, PROBING_LIMITS } from "../limits.ts";
import { type Field, field, RequestError, requestError } from "../request_error.ts";
import { checkedRequest, checkProbes, type ProbingRequest } from "./request.ts";

/** Hosts to trace the paths to, and how. */
export interface TraceRequest extends ProbingRequest {
  /** The greatest TTL, 1 to 255. */
  readonly maxTtl: number;
  /** Probes a hop; Infinity until the signal. */
  readonly queries: number;
  /** Milliseconds from one probe of a hop to the next. */
  readonly intervalMs: number;
  /** How many paths to look for, by as many source ports; more than 1 goes with UDP over IPv4. */
  readonly paths: number;
  /** Source port of UDP probes on the first path; one of this process when missing. */
  readonly sourcePort?: number | undefined;
}

/** From here on mtr-packet numbers its probes by ports, and would mistake one for another. */
const FIRST_NUMBER = 33_000;

/**
 * A request that was checked.
 *
 * @throws {RequestError} when it contradicts itself, or is not for this host
 */
export function checkedTrace(request: TraceRequest): TraceRequest {
  checkProbes(request);
  const { maxTtl, queries, intervalMs, paths, sourcePort } = PROBING_LIMITS;
  checkLimits(request, { maxTtl, queries, intervalMs, paths, sourcePort });
  checkPaths(request);
  return checkedRequest(request);
}

/** Checks what source ports ask for. */
function checkPaths({ protocol, paths, ipVersion, port, sourcePort }: TraceRequest): void {
  if (protocol !== "udp") {
    const given = paths > 1 ? "paths" : sourcePort !== undefined ? "sourcePort" : null;
    if (given === null) return;
    throw requestError`${field(given)} goes with ${
      field("protocol", "udp")
    }, whose source port can be chosen`;
  }
  if (paths > 1 && ipVersion === 6) {
    throw requestError`${
      field("paths")
    } goes with IPv4: over IPv6 mtr-packet cannot hold both ports`;
  }
  const last = sourcePort === undefined ? undefined : sourcePort + paths - 1;
  const held: readonly (readonly [parts: readonly (string | Field)[], port: number | undefined])[] =
    [
      [[field("port")], port],
      [[field("sourcePort")], sourcePort],
      [[field("sourcePort"), " and ", field("paths")], last],
    ];
  for (const [parts, port] of held) {
    if (port === undefined || port < FIRST_NUMBER) continue;
    throw new RequestError([
      ...parts,
      ` must stay below ${FIRST_NUMBER} with `,
      field("protocol", "udp"),
      ": by the ports from there on mtr-packet tells its probes apart",
    ]);
  }
}
