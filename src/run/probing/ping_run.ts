import { Ping } from "../../probe/ping.ts";
import { checkLimits, PROBING_LIMITS } from "../limits.ts";
import { type ProbingParts, ProbingRun } from "./probing_run.ts";
import { checkedRequest, checkProbes, type ProbingRequest } from "./request.ts";
import type { ProbingSession } from "./session.ts";
import type { ProbeTarget } from "./targets.ts";

/** Hosts to ping, and how. */
export interface PingRequest extends ProbingRequest {
  /** Probes a host; Infinity until the signal. */
  readonly queries: number;
  /** Milliseconds from one probe of a host to the next. */
  readonly intervalMs: number;
}

/** A ping, and the host that it is of. */
export interface HostPing {
  readonly target: ProbeTarget;
  readonly ping: Ping;
}

/**
 * Pings hosts, all at the same time, through one mtr-packet.
 *
 * @example
 * ```ts ignore
 * using run = new PingRun(
 *   { hosts: ["192.0.2.1"], protocol: "icmp", queries: 4, intervalMs: 1000, timeout: 2, keep: false },
 *   {
 *     sink: ({ target, ping }) => console.log(target.name, ping.times.loss, ping.times.average),
 *     listener: { missing: (_, problem) => console.error(problem), begun: () => {} },
 *   },
 * );
 * const { missing, refused, failure } = await run.run(AbortSignal.timeout(60_000));
 * ```
 */
export class PingRun extends ProbingRun<PingRequest, HostPing> {
  /** Throws a `RequestError` when the request contradicts itself, or is not for this host. */
  constructor(request: PingRequest, parts: ProbingParts<HostPing>) {
    super(checked(request), parts);
  }

  protected begin(session: ProbingSession, target: ProbeTarget, signal: AbortSignal): HostPing {
    const { queries, intervalMs, keep } = this.request;
    const { to } = target;
    const probe = session.probeTo(to);
    const refused = session.refusal(to);
    const options = { queries, intervalMs, probe, keep, refused, signal };
    return { target, ping: new Ping(session.mtr, to, options) };
  }

  protected probe({ ping }: HostPing): Promise<void> {
    return ping.run();
  }

  protected isRefused({ ping }: HostPing): boolean {
    return ping.refused !== null;
  }
}

function checked(request: PingRequest): PingRequest {
  checkProbes(request);
  const { queries, intervalMs } = PROBING_LIMITS;
  checkLimits(request, { queries, intervalMs });
  return checkedRequest(request);
}
