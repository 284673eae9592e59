import type { ProbeOptions } from "../../probe/probe_options.ts";
import { Trace } from "../../probe/trace.ts";
import { field, requestError } from "../request_error.ts";
import { type ProbingParts, ProbingRun } from "./probing_run.ts";
import type { ProbingSession } from "./session.ts";
import type { ProbeTarget } from "./targets.ts";
import { checkedTrace, type TraceRequest } from "./trace_request.ts";

/** The traces to a target, one a path. */
export interface HostTraces {
  readonly target: ProbeTarget;
  readonly traces: readonly Trace[];
}

/** The range that source ports of UDP traces begin in, at an offset by the process id. */
const SOURCE_PORTS = { first: 20_000, count: 10_000 } as const;

/**
 * Traces the paths to hosts, all at the same time, through one mtr-packet.
 *
 * @example
 * ```ts ignore
 * const how = { maxTtl: 30, queries: 3, intervalMs: 100, paths: 1, timeout: 2, keep: false } as const;
 * using run = new TraceRun({ hosts: ["192.0.2.1"], protocol: "icmp", ...how }, {
 *   sink: ({ target, traces: [trace] }) => console.log(target.name, trace?.hops.length),
 *   listener: { missing: (_, problem) => console.error(problem), begun: () => {} },
 * });
 * const { missing, refused, failure } = await run.run(AbortSignal.timeout(60_000));
 * ```
 */
export class TraceRun extends ProbingRun<TraceRequest, HostTraces> {
  /** Throws a `RequestError` when the request contradicts itself, or is not for this host. */
  constructor(request: TraceRequest, parts: ProbingParts<HostTraces>) {
    super(checkedTrace(request), parts);
  }

  protected override checkTargets(targets: readonly ProbeTarget[]): void {
    const { paths, port, sourcePort } = this.request;
    const six = targets.find(({ to }) => to.version === 6);
    const bothPorts = port !== undefined && sourcePort !== undefined;
    if (six === undefined || paths === 1 && !bothPorts) return;
    throw requestError`over IPv6 mtr-packet cannot hold both ports, and ${six.name} is IPv6; give ${
      field("ipVersion", 4)
    }, or leave out ${field(paths > 1 ? "paths" : "sourcePort")}`;
  }

  protected begin(session: ProbingSession, target: ProbeTarget, signal: AbortSignal): HostTraces {
    const { maxTtl, queries, intervalMs, paths, keep } = this.request;
    const { to } = target;
    const common = { maxTtl, queries, intervalMs, keep, refused: session.refusal(to), signal };
    const probe = session.probeTo(to);
    const traces = Array.from(
      { length: paths },
      (_, path) =>
        new Trace(session.mtr, to, { ...common, probe: this.#onPath(target, probe, path) }),
    );
    return { target, traces };
  }

  protected async probe({ traces }: HostTraces): Promise<void> {
    const ended = await Promise.allSettled(traces.map((trace) => trace.run()));
    for (const one of ended) if (one.status === "rejected") throw one.reason;
  }

  protected isRefused({ traces }: HostTraces): boolean {
    return traces.some(({ refused }) => refused !== null);
  }

  /** The probe with the source port of a path, where it can be held. */
  #onPath({ to }: ProbeTarget, probe: ProbeOptions, path: number): ProbeOptions {
    const held = probe.protocol === "udp" && (to.version === 4 || probe.port === undefined);
    if (!held) return probe;
    const first = this.request.sourcePort ?? SOURCE_PORTS.first + Deno.pid % SOURCE_PORTS.count;
    return { ...probe, localPort: first + path };
  }
}
