import type { ConnectionType } from "../../../connect/connection_type.ts";
import { connectionTypes } from "../../../connect/registry.ts";
import type { Arm } from "../../../contract/arm.ts";
import type { Target } from "../../../contract/job.ts";
import type { OptionValues } from "../../../contract/option.ts";
import type { SpiderOf } from "../../../contract/spider.ts";
import { isAddress } from "../../../host/address.ts";
import { defaultInterface, type Interface, interfaceNamed } from "../../../host/interface.ts";
import { Failure } from "../../../host/failure.ts";
import { STANDARD } from "../../../host/standard.ts";
import { checkOpenFiles } from "../../../host/limits.ts";
import { armsOf } from "../../../measure/arms.ts";
import type { EngineOptions } from "../../../measure/engine.ts";
import type { MeasureInvocation } from "../../measure.ts";
import { UsageError } from "../../usage.ts";

/** Connection types whose packets a SYN does not stand for. */
export const OVER_UDP: ReadonlySet<string> = new Set(["udp", "dnsudp"]);

/** Options that say something of results. */
const FOR_RESULTS = ["output", "output-flows", "manifest", "resume"] as const;

/** What a run of `spider measure` is to do, checked. */
export interface Plan {
  readonly spider: SpiderOf<Target>;
  readonly spiderOptions: OptionValues;
  readonly options: MeasureInvocation["options"];
  readonly arms: readonly Arm<Target>[];
  readonly connect: ConnectionType;
  /** Null where the kernel chooses, for a spider that watches nothing. */
  readonly device: Interface | null;
  readonly sources: NonNullable<EngineOptions["sources"]>;
}

/**
 * Checks what was asked for against this host.
 *
 * @throws {Failure} when this host cannot do it
 * @throws {UsageError} when options contradict each other
 */
export function planOf({ options, spider, spiderOptions }: MeasureInvocation): Plan {
  if (spider === null) throw new Error("measure needs a spider");
  if (options.json && !options.calibrate) {
    throw new UsageError("--json goes with --calibrate: results are JSON anyway");
  }
  // One that runs in a worker of its own keeps its functions there
  if (options.locate && typeof spider.locate?.features !== "function") {
    throw new UsageError(
      `the spider ${spider.name} does not say what is to be localised; leave out --locate`,
    );
  }
  if (options.locate && options.calibrate) {
    throw new UsageError("--locate and --calibrate exclude each other; give one");
  }
  const idle = FOR_RESULTS.find((name) => ![undefined, false, STANDARD].includes(options[name]));
  if (options.calibrate && idle !== undefined) {
    throw new UsageError(`--calibrate writes no results: leave out --${idle}`);
  }
  if (options.repeat > 1 && spider.jobs !== undefined) {
    throw new UsageError(
      `${spider.name} yields targets, not results to compare: leave out --repeat`,
    );
  }
  const arms = armsOf(spider, spiderOptions);
  const connect = connectionTypeOf(spider, options.connect ?? spider.connect[0]);
  if (options.locate && OVER_UDP.has(connect.name)) {
    throw new UsageError(
      `--locate sends TCP SYNs, which say nothing of ${connect.name}; choose another --connect`,
    );
  }
  // What is settled by the wire alone has no sockets
  checkOpenFiles(connect.settle === undefined ? options.workers * arms.length : 0);
  const device = deviceFor(options, watches(spider) || options.locate);
  return {
    spider,
    spiderOptions,
    options,
    arms,
    connect,
    device,
    sources: device === null ? {} : sourcesOf(options.source, device),
  };
}

/** Whether packets are watched, for which this host must allow it. */
export function watches({ observe }: Pick<SpiderOf<Target>, "observe">): boolean {
  return observe !== false;
}

function deviceFor(
  { interface: name, source }: MeasureInvocation["options"],
  needed: boolean,
): Interface | null {
  if (name !== undefined) return interfaceNamed(name);
  return needed || source.length > 0 ? interfaceNamed(defaultInterface()) : null;
}

function connectionTypeOf({ name }: SpiderOf<Target>, type: string): ConnectionType {
  const known = connectionTypes.get(type);
  if (known !== undefined) return known;
  throw new Failure(
    `the spider ${name} connects with ${type}, and there is ${
      [...connectionTypes.keys()].join(", ")
    }`,
  );
}

/** The options of the engine that all runs of a plan share. */
export function engineOptions(plan: Plan): Omit<EngineOptions, "journal" | "workers"> {
  const { spider, spiderOptions, connect, device, sources, options } = plan;
  return {
    spider,
    spiderOptions,
    connect,
    device,
    sources,
    rate: options.rate,
    timeoutMs: options.timeout * 1000,
    repeat: options.repeat,
    isolate: options.isolate,
    outputFlows: options["output-flows"],
  };
}

/** The addresses to send from, by IP version. */
function sourcesOf(given: readonly string[], device: Interface): Plan["sources"] {
  const sources: { 4?: string; 6?: string } = {};
  for (const address of given) {
    if (!isAddress(address)) {
      throw new UsageError(`--source must be an IPv4 or IPv6 address, not ${address}`);
    }
    const family = address.includes(":") ? 6 : 4;
    if (sources[family] !== undefined) {
      throw new UsageError(`--source names two IPv${family} addresses; give one`);
    }
    const own = family === 6 ? device.ipv6 : device.ipv4;
    if (!own.includes(address)) {
      const has = own.length === 0 ? `no IPv${family} address` : own.join(", ");
      throw new UsageError(
        `--source ${address} is not an address of ${device.name}, which has ${has}`,
      );
    }
    sources[family] = address;
  }
  return sources;
}
