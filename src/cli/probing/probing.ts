import { addressBytes, addressText, isAddress } from "../../host/address.ts";
import { Failure } from "../../host/failure.ts";
import { ownAddresses } from "../../host/interface.ts";
import type { Journal } from "../../host/journal.ts";
import { sourceAddressTo } from "../../host/route_source.ts";
import { markForSource } from "../../host/source_rules.ts";
import { fileOrStream, type OutputStream, type Streams } from "../../host/streams.ts";
import type { AtlasFacts } from "../../probe/atlas.ts";
import { PrefixTable } from "../../probe/prefix_table.ts";
import type { Address, ProbeOptions, ProbeProtocol } from "../../probe/probe_options.ts";
import type { ProbeResult } from "../../probe/probe_result.ts";
import { Resolver } from "../../probe/resolver.ts";
import { ReverseNames } from "../../probe/reverse_names.ts";
import { unlessAborted } from "../../probe/unless_aborted.ts";
import { CsvLines } from "../../result/csv.ts";
import { ResultWriter } from "../../result/ndjson.ts";
import { addressProblem, canonicalAddress } from "../../target/address.ts";
import { destinationProblem, type Outlet } from "../../target/destination.ts";
import { quote } from "../../target/quote.ts";
import type { ValuesOf } from "../command.ts";
import type { probeOptions } from "./options.ts";
import type { Tell } from "../terminal/tell.ts";
import type { AddressBook } from "../commands/trace/table.ts";
import { UsageError } from "../../host/usage_error.ts";

type ProbingCommandOptions = ValuesOf<typeof probeOptions>;

/** How long names of addresses are waited for, in all, in milliseconds. */
const NAMES_PATIENCE = 3000;
/** Ports of UDP that are not mtr-packet's own begin here, and few services use them. */
const UDP_PORT = 32_768;

/** A target as it was named, and its address. */
export interface ProbeTarget {
  readonly name: string;
  readonly to: Address;
}

/**
 * Checks that every host that was named is a name or an address, or may be one.
 *
 * @throws {UsageError} when one is empty, as `"$HOST"` is in a script that has not set it
 */
export function checkHosts(hosts: readonly string[]): void {
  if (hosts.every((host) => host.trim() !== "")) return;
  throw new UsageError("a HOST is empty: give a name or an address, or leave it out");
}

/** How targets are found. */
export interface ResolveOptions {
  /** The IP version that was asked for. */
  readonly ipv4: boolean;
  readonly ipv6: boolean;
  /** The interface that packets will leave by; null when the routes choose it. */
  readonly outlet: Outlet | null;
  readonly signal: AbortSignal;
  /** Is told of hosts that are no targets. */
  readonly tell: Tell;
}

/**
 * The targets that packets may be sent to. Hosts that have no address, or one that is none of a
 * target, are told, and `missing` counts them. With the signal, those that are still looked for are
 * missing too.
 */
export async function findTargets(
  hosts: readonly string[],
  { ipv4, ipv6, outlet, signal, tell }: ResolveOptions,
): Promise<{ targets: ProbeTarget[]; missing: number }> {
  const resolver = new Resolver();
  const version = ipv4 ? 4 : ipv6 ? 6 : undefined;
  const found = await Promise.all(hosts.map(async (name) => {
    try {
      // What has a colon can be no name, and a zone would be lost on the way through the resolver
      if (name.includes(":")) refuse(addressProblem(name));
      const to = await unlessAborted(resolver.resolve(name, version), signal);
      const problem = destinationProblem(to.text, outlet);
      refuse(problem === null || name === to.text ? problem : `${quote(name)}: ${problem}`);
      return { name, to: { ...to, text: canonicalAddress(to.text) } };
    } catch (error) {
      if (signal.aborted) return null;
      if (!(error instanceof Failure)) throw error;
      tell(`spider: ${error.message}`);
      return null;
    }
  }));
  const targets = found.filter((target) => target !== null);
  return { targets, missing: hosts.length - targets.length };
}

/** Throws a {@linkcode Failure} when there is a problem. */
function refuse(problem: string | null): void {
  if (problem !== null) throw new Failure(`${problem}.`);
}

/**
 * Checks that probes can come back to their source: from another's address mtr-packet sends them too,
 * and what was never to come would count as lost.
 *
 * @returns which IP versions are asked for: that of the source alone, where there is one
 * @throws {UsageError} when it is no address of this host, or one of the other version
 */
export function checkSource(
  { source, ipv4, ipv6 }: ProbingCommandOptions,
): { ipv4: boolean; ipv6: boolean } {
  if (source === undefined) return { ipv4, ipv6 };
  if (!isAddress(source)) {
    throw new UsageError(`--source must be an IPv4 or IPv6 address, not ${source}`);
  }
  const six = source.includes(":");
  if (six ? ipv4 : ipv6) {
    throw new UsageError(
      `--source ${source} does not go with -${six ? 4 : 6}; leave out one of them`,
    );
  }
  if (ownAddresses().includes(addressText(addressBytes(source)))) return { ipv4: !six, ipv6: six };
  throw new UsageError(
    `--source ${source} is not an address of this host: see \`ip address\` for those it has`,
  );
}

/**
 * The firewall mark that lets IPv4 probes to some targets obey the rules for their source, as TCP does by itself;
 * undefined when they need none.
 *
 * @throws {Failure} when the rules cannot be obeyed
 */
export function markOf(
  { source }: ProbingCommandOptions,
  protocol: ProbeProtocol,
  targets: readonly ProbeTarget[],
  journal: Journal,
): number | undefined {
  if (source === undefined || protocol === "tcp" || protocol === "sctp" || !runsHere()) {
    return undefined;
  }
  const four = targets.flatMap(({ to }) => to.version === 4 ? to.text : []);
  return four.length === 0 || source.includes(":")
    ? undefined
    : markForSource(source, four, journal);
}

/** Whether mtr-packet runs where this does: another command line may lead to another network namespace. */
function runsHere(): boolean {
  return (Deno.env.get("MTR_PACKET") ?? "").trim().split(/\s+/).length < 2;
}

/** What every probe to a target has. */
export function probeOf(
  options: ProbingCommandOptions,
  protocol: ProbeProtocol,
  to: Address,
  mark: number | undefined,
): ProbeOptions {
  const { port, timeout, size, tos, source } = options;
  // mtr-packet does not find UDP probes over IPv6 that have both ports given
  const udpPort = to.version === 4 ? port ?? UDP_PORT : port;
  const toPort = protocol === "udp" ? udpPort : port;
  return {
    protocol,
    timeout,
    ...(toPort === undefined ? {} : { port: toPort }),
    ...(size === undefined ? {} : { size }),
    ...(tos === undefined ? {} : { tos }),
    ...(source === undefined ? {} : { localIp: source }),
    ...(mark === undefined || to.version === 6 ? {} : { mark }),
  };
}

/**
 * What is known without asking mtr-packet: nothing can be sent to an address that no route leads to.
 * Version 0.95 dies of a probe to one that the routes call unreachable. Null when there is a route, or
 * when mtr-packet may run elsewhere.
 */
export function unroutable({ source }: ProbingCommandOptions, to: Address): ProbeResult | null {
  if (!runsHere()) return null;
  if (sourceAddressTo(to.text, source) !== null) return null;
  return {
    success: false,
    result: "no-route",
    timeMs: null,
    responder: null,
    mpls: [],
    reason: null,
  };
}

/** Names and AS numbers of addresses, as far as they were asked for. */
export class Directory implements AddressBook {
  readonly #names: ReverseNames | null;
  #patience = NAMES_PATIENCE;
  readonly asn: ((address: string) => string | null) | undefined;

  private constructor(names: ReverseNames | null, table: PrefixTable | null) {
    this.#names = names;
    this.asn = table === null ? undefined : (address) => table.of(address);
  }

  /** @throws {Failure} when the table of prefixes cannot be read */
  static async open(
    { numeric, json, csv, asn }: ProbingCommandOptions,
    { stdin }: Streams,
  ): Promise<Directory> {
    const table = asn === undefined ? null : await PrefixTable.read(fileOrStream(asn, stdin));
    return new Directory(numeric || json || csv ? null : new ReverseNames(), table);
  }

  name(address: string): string | null {
    return this.#names?.of(address) ?? null;
  }

  /** Waits for the names that are being looked up, for a few seconds at most in all. */
  async settled(): Promise<void> {
    const began = performance.now();
    await this.#names?.settled(Math.max(0, this.#patience));
    this.#patience -= performance.now() - began;
  }
}

/** What the records say besides the results. */
export function atlasFacts(
  { name, to }: ProbeTarget,
  options: ProbingCommandOptions,
  protocol: ProbeProtocol,
  { asn }: Directory,
): AtlasFacts {
  const source = options.source ?? sourceAddressTo(to.text);
  return { name, protocol, source, size: options.size, asn };
}

/** Writes records to standard output, as lines of JSON or as CSV. */
export class RecordOutput {
  readonly #writer: ResultWriter;
  readonly #encoder = new TextEncoder();
  readonly #csv: CsvLines | null;

  /** @param columns those of CSV; null for JSON */
  constructor(columns: readonly string[] | null, stdout: OutputStream) {
    this.#writer = ResultWriter.open(stdout);
    this.#csv = columns === null ? null : new CsvLines(columns);
    if (this.#csv !== null) this.#writer.writeBytes(this.#csv.header);
  }

  write(record: unknown): void {
    if (this.#csv === null) return this.#writer.write(record);
    this.#writer.writeBytes(this.#csv.of(this.#encoder.encode(`${JSON.stringify(record)}\n`)));
  }

  /** Writes what is left, however long the reader lets it wait. */
  async close(): Promise<void> {
    await this.#writer.close();
  }
}
