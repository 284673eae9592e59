import type { ConnectionType } from "../connect/connection_type.ts";
import { connectionTypeNamed } from "../connect/registry.ts";
import type { Arm } from "../contract/arm.ts";
import type { Target } from "../contract/job.ts";
import type { SpiderOf } from "../contract/spider.ts";
import type { Interface } from "../host/interface.ts";
import { checkOpenFiles } from "../host/limits.ts";
import { armsOf } from "../measure/arms.ts";
import { randomSeed } from "../measure/evidence/order.ts";
import { connectionsAtOnce } from "../measure/flow_budget.ts";
import type { SetupOptions } from "../measure/setup.ts";
import { contradictions } from "./contradictions.ts";
import { devicesFor, type Sources, sourcesOf } from "./devices.ts";
import { checkLimits, MEASURE_LIMITS } from "./limits.ts";
import type { RunRequest } from "./request.ts";

/** What a run is to do, checked. */
export interface Plan extends Omit<RunRequest, "connect" | "interfaces" | "sources" | "seed"> {
  readonly arms: readonly Arm<Target>[];
  readonly connect: ConnectionType;
  /** Null where the kernel chooses, for a spider that watches nothing. */
  readonly device: Interface | null;
  /** Further interfaces that answers come in on. */
  readonly further: readonly Interface[];
  /** Whether one interface was asked for by name, so that nothing may leave through another. */
  readonly bind: boolean;
  readonly sources: Sources;
  /** Seed of the order of arms. */
  readonly seed: number;
}

/**
 * Checks what was asked for against this host.
 *
 * @throws {Failure} when this host cannot do it
 * @throws {RequestError} when it contradicts itself, or a number is out of its limits
 */
export function planOf(request: RunRequest): Plan {
  const { spider, spiderOptions, locate, interfaces } = request;
  checkLimits(request, MEASURE_LIMITS);
  for (const error of contradictions(request)) throw error;
  const arms = armsOf(spider, spiderOptions);
  const connect = connectionTypeNamed(request.connect ?? spider.connect[0]);
  // What is settled by the wire alone has no sockets
  checkOpenFiles(
    connect.settle === undefined ? connectionsAtOnce(request.workers, arms.length) : 0,
  );
  const sources = sourcesOf(request.sources);
  const [device = null, ...further] = devicesFor(request, sources, watches(spider) || locate);
  return {
    ...request,
    arms,
    connect,
    device,
    further,
    bind: interfaces.length === 1,
    sources,
    seed: request.seed ?? randomSeed(),
  };
}

/** Whether packets are watched, for which this host must allow it. */
export function watches({ observe }: Pick<SpiderOf<Target>, "observe">): boolean {
  return observe !== false;
}

/** What the measurement of a plan is set up with. */
export function setupOptions(plan: Plan): Omit<SetupOptions, "journal" | "workers"> {
  const { spider, spiderOptions, connect, device, further, bind, sources } = plan;
  const { rate, seed, timeoutMs, repeat, isolate, outputFlows } = plan;
  return {
    spider,
    spiderOptions,
    connect,
    device,
    further,
    bind,
    sources,
    rate,
    seed,
    timeoutMs,
    repeat,
    isolate,
    outputFlows,
  };
}
