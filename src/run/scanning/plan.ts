import type { Arm } from "../../contract/arm.ts";
import type { Target } from "../../contract/job.ts";
import { interfaceNamed } from "../../host/interface.ts";
import type { Interface } from "../../host/interface.ts";
import type { PortRange } from "../../host/port_range.ts";
import { armsOf } from "../../measure/arms.ts";
import { randomSeed } from "../../measure/evidence/order.ts";
import { checkedSource, checkOwn } from "../devices.ts";
import type { StatelessType } from "../../scan/arm_problem.ts";
import { fewestPorts } from "../../scan/load_probes.ts";
import { readAddresses } from "../../scan/order/prefixes.ts";
import { statelessTypeOf } from "../../scan/stateless_type.ts";
import { checkLimits, SCAN_LIMITS } from "../limits.ts";
import { field, requestError } from "../request_error.ts";
import type { ScanRequest } from "./request.ts";
import { freeSourcePorts } from "./source_ports.ts";
import { outgoing } from "./way_out.ts";

/** What a scan is to do, checked. */
export interface ScanPlan
  extends Omit<ScanRequest, "connect" | "sources" | "sourcePorts" | "seed"> {
  readonly arms: readonly Arm<Target>[];
  readonly connect: StatelessType;
  readonly device: Interface;
  /** The addresses to send from, by IP version; none where it is not sent over. */
  readonly sources: { readonly 4: readonly string[]; readonly 6: readonly string[] };
  readonly sourcePorts: PortRange;
  readonly seed: number;
  /** Whether the seed was asked for. */
  readonly seedGiven: boolean;
}

/**
 * Checks what was asked for against this host.
 *
 * @throws {Failure} when this host cannot do it, or the spider's arms are no single packets
 * @throws {RequestError} when it contradicts itself, or a number is out of its limits
 */
export async function scanPlanOf(request: ScanRequest): Promise<ScanPlan> {
  const { spider, spiderOptions } = request;
  checkLimits(request, SCAN_LIMITS);
  checkTargets(request);
  checkPorts(request);
  const arms = armsOf(spider, spiderOptions);
  const connect = await statelessTypeOf(spider, arms, request.connect);
  if (connect.portless === true && request.ports.length > 0) {
    throw requestError`${
      field("ports")
    } says nothing over the connection type ${connect.name}, which has no ports: leave it out`;
  }
  checkSourcePorts(request, arms.length, connect.stateless);
  const given = request.sources.map((address) => checkedSource("sources", address));
  // From an address that is not this host's no way leads anywhere, which would be said of the targets
  if (request.interface === undefined) checkOwn("sources", given.map(({ text }) => text));
  const device = interfaceNamed(
    request.interface ?? outgoing(request.prefixes, given.map(({ text }) => text)),
  );
  checkOwn(
    "sources",
    given.map(({ text }) => text),
    [...device.ipv4, ...device.ipv6],
    [device.name],
  );
  const sourcesOf = (family: 4 | 6) => {
    const own = given.filter(({ version }) => version === family).map(({ text }) => text);
    // Those that were named are all that is wanted
    if (given.length > 0) return own;
    return (family === 4 ? device.ipv4 : device.ipv6).slice(0, 1);
  };
  return {
    ...request,
    arms,
    connect,
    device,
    sources: { 4: sourcesOf(4), 6: sourcesOf(6) },
    sourcePorts: request.sourcePorts ?? freeSourcePorts(),
    seed: request.seed ?? randomSeed(),
    seedGiven: request.seed !== undefined,
  };
}

/** Files that a scan reads, `-` for standard input, which must not be written. */
export function inputsOf(
  { input, blocklists, allowlists }: Pick<ScanPlan, "input" | "blocklists" | "allowlists">,
): readonly string[] {
  return [...(input === undefined ? [] : [input]), ...blocklists, ...allowlists];
}

/** Where targets come from. */
function checkTargets({ spider, prefixes, input, shards, shard }: ScanRequest): void {
  if (spider.needs === "domain") {
    throw requestError`the spider ${spider.name} measures names, and a scan knows addresses alone: run spider measure ${spider.name}`;
  }
  if (prefixes.length === 0 && input === undefined) {
    throw requestError`there is nothing to scan: give prefixes, or a list of targets as ${
      field("input")
    }`;
  }
  if (prefixes.length > 0 && input !== undefined) {
    throw requestError`prefixes and ${field("input")} exclude each other; give one`;
  }
  if (shard >= shards) {
    throw requestError`${field("shard")} must be less than ${
      field("shards", shards)
    }, not ${shard}: they count from 0`;
  }
  // Before a way is looked for to what is no prefix
  readAddresses(prefixes);
}

/** Of two SYNs from one port to a target the second would be answered for the first. */
function checkSourcePorts(
  { sourcePorts, probes }: ScanRequest,
  arms: number,
  { sharesPort }: StatelessType["stateless"],
): void {
  if (sourcePorts === undefined) return;
  const { first, last } = sourcePorts;
  const fewest = fewestPorts({ arms, probes, sharesPort });
  if (last - first + 1 >= fewest) return;
  throw requestError`${field("sourcePorts")} must be ${fewest} ports or more, not ${
    last - first + 1
  }, so that each SYN to a target has one of its own`;
}

function checkPorts({ ports, sourcePorts }: ScanRequest): void {
  const isPort = (port: number) => Number.isInteger(port) && port >= 1 && port <= 65_535;
  for (
    const [name, ranges] of [["ports", ports], ["sourcePorts", [sourcePorts ?? []].flat()]] as const
  ) {
    for (const { first, last } of ranges) {
      if (isPort(first) && isPort(last) && first <= last) continue;
      throw requestError`${
        field(name)
      } must be ports from 1 to 65535, the lower one first, not ${first}-${last}`;
    }
  }
}
