import type { ConnectionType } from "../../../connect/connection_type.ts";
import { connectionTypes } from "../../../connect/registry.ts";
import type { Arm } from "../../../contract/arm.ts";
import type { Target } from "../../../contract/job.ts";
import type { OptionValues } from "../../../contract/option.ts";
import type { SpiderOf } from "../../../contract/spider.ts";
import { addressBytes, addressText, isAddress } from "../../../host/address.ts";
import {
  defaultInterfaces,
  type Interface,
  interfaceNamed,
  ownAddresses,
} from "../../../host/interface.ts";
import { Failure } from "../../../host/failure.ts";
import { STANDARD } from "../../../host/standard.ts";
import { checkOpenFiles } from "../../../host/limits.ts";
import { armsOf } from "../../../measure/arms.ts";
import { randomSeed } from "../../../measure/evidence/order.ts";
import { connectionsAtOnce } from "../../../measure/flow_budget.ts";
import type { SetupOptions } from "../../../measure/setup.ts";
import type { MeasureInvocation } from "./options.ts";
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
  /** Further interfaces that answers come in on. */
  readonly further: readonly Interface[];
  /** Whether one interface was asked for by name, so that nothing may leave through another. */
  readonly bind: boolean;
  readonly sources: NonNullable<SetupOptions["sources"]>;
  /** What the order of arms follows from. */
  readonly seed: number;
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
  checkOpenFiles(
    connect.settle === undefined ? connectionsAtOnce(options.workers, arms.length) : 0,
  );
  const sources = sourcesOf(options.source);
  const [device = null, ...further] = devicesFor(
    options,
    sources,
    watches(spider) || options.locate,
  );
  return {
    spider,
    spiderOptions,
    options,
    arms,
    connect,
    device,
    further,
    bind: options.interface.length === 1,
    sources,
    seed: options.seed ?? randomSeed(),
  };
}

/** Whether packets are watched, for which this host must allow it. */
export function watches({ observe }: Pick<SpiderOf<Target>, "observe">): boolean {
  return observe !== false;
}

/**
 * The interfaces to watch, that by which most leaves first: those that were named, which must have the
 * addresses to send from; else those by which the kernel sends to the Internet from them.
 */
function devicesFor(
  options: MeasureInvocation["options"],
  sources: Plan["sources"],
  needed: boolean,
): readonly Interface[] {
  const { interface: names, isolate, locate } = options;
  const given = Object.values(sources);
  if (names.length === 0) {
    checkOwn(given, ownAddresses(), ["this host"]);
    if (!needed) return [];
    const [first, ...further] = defaultInterfaces(sources).map(interfaceNamed);
    // What works on one interface alone follows the first
    return isolate || locate ? [first!] : [first!, ...further.filter(({ up }) => up)];
  }
  const devices = names.map(interfaceNamed);
  const twice = devices.find(({ index }, at) =>
    devices.findIndex((other) => other.index === index) !== at
  );
  if (twice !== undefined) {
    throw new UsageError(`--interface names ${twice.name} twice; name it once`);
  }
  const own = devices.flatMap(({ ipv4, ipv6 }) => [...ipv4, ...ipv6]);
  checkOwn(given, own, names);
  checkFurther(options, devices.slice(1));
  return devices;
}

/** What works on one interface alone. */
function checkFurther(
  { isolate, locate }: MeasureInvocation["options"],
  further: readonly Interface[],
): void {
  if (further.length === 0) return;
  if (isolate) {
    throw new UsageError(
      "--isolate clones one interface, and answers on another would not come there: give one " +
        "--interface, or leave out --isolate",
    );
  }
  if (locate) {
    throw new UsageError(
      "--locate listens on one interface, and answers on another would look like silence: give " +
        "one --interface, or leave out --locate",
    );
  }
}

/** Checks that addresses to send from are there. */
function checkOwn(
  given: readonly string[],
  own: readonly string[],
  owners: readonly string[],
): void {
  for (const address of given) {
    if (own.includes(address)) continue;
    const family = address.includes(":") ? 6 : 4;
    const same = own.filter((one) => one.includes(":") === (family === 6));
    const has = same.length === 0 ? `no IPv${family} address` : same.join(", ");
    const whose = owners.join(" or ");
    const verb = owners.length === 1 ? "has" : "have";
    throw new UsageError(`--source ${address} is not an address of ${whose}, which ${verb} ${has}`);
  }
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

/** The options that all runs of a plan share. */
export function setupOptions(plan: Plan): Omit<SetupOptions, "journal" | "workers"> {
  const { spider, spiderOptions, connect, device, further, bind, sources, seed, options } = plan;
  return {
    spider,
    spiderOptions,
    connect,
    device,
    further,
    bind,
    sources,
    rate: options.rate,
    seed,
    timeoutMs: options.timeout * 1000,
    repeat: options.repeat,
    isolate: options.isolate,
    outputFlows: options["output-flows"],
  };
}

/** The addresses to send from, by IP version. */
function sourcesOf(given: readonly string[]): Plan["sources"] {
  const sources: { 4?: string; 6?: string } = {};
  for (const address of given) {
    if (!isAddress(address)) {
      throw new UsageError(`--source must be an IPv4 or IPv6 address, not ${address}`);
    }
    const family = address.includes(":") ? 6 : 4;
    if (sources[family] !== undefined) {
      throw new UsageError(`--source names two IPv${family} addresses; give one`);
    }
    sources[family] = addressText(addressBytes(address));
  }
  return sources;
}
