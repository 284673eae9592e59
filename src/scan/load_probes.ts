import { addressBytes } from "../host/address.ts";
import { Failure } from "../host/failure.ts";
import type { PortRange } from "../host/port_range.ts";
import type { ScanExports } from "../host/scan_wasm.ts";
import type { ArmTemplates, Echo, ProbeTemplate } from "./probe_template.ts";

/** Numbers of the kinds in wasm/assembly/scan/template.ts. */
const ECHOES: Readonly<Record<Echo["kind"], number>> = { sequence: 0, dns: 1, text: 2, echo: 3 };
/** Octets that a source address has. */
const SOURCE = 16;
/** Most arms that tokens tell apart (wasm/assembly/scan/token.ts). */
const MOST_ARMS = 8;

/** What the probes of a scan are made of, for those who write them, and those who know them again. */
export interface ProbeParts {
  readonly templates: ArmTemplates;
  /** 16 octets of the run, which make the tokens. */
  readonly key: Uint8Array;
  /** Ports to send from. */
  readonly ports: PortRange;
  /** Whether the arms of a target are sent from one port. */
  readonly sharesPort: boolean;
  /** Addresses to send from, of which a target sees one; at least one for each version with templates. */
  readonly sources: { readonly 4?: readonly string[]; readonly 6?: readonly string[] };
}

/**
 * How many ports there must be to send from, so that each probe to a target has one of its own where they
 * must not share it: a second SYN from the port of the first would be answered for that one.
 */
export function fewestPorts(
  { arms, probes, sharesPort }: Pick<ProbeParts, "sharesPort"> & {
    readonly arms: number;
    readonly probes: number;
  },
): number {
  return sharesPort ? 1 : (probes - 1) * MOST_ARMS + arms;
}

/**
 * Puts what probes are made of into a wasm instance; `link` stands before the IP header of each. Throws
 * a {@linkcode Failure} when there is no memory for them.
 */
export function loadProbes(wasm: ScanExports, parts: ProbeParts, link: Uint8Array): void {
  const { key, ports, sharesPort } = parts;
  put(wasm, wasm.scanKeyAt(), key);
  wasm.scanPorts(ports.first, ports.last - ports.first + 1, sharesPort);
  put(wasm, wasm.scanLink(link.length), link);
  for (const version of [4, 6] as const) loadVersion(wasm, version, parts);
}

function loadVersion(wasm: ScanExports, version: 4 | 6, { templates, sources }: ProbeParts): void {
  const arms = templates[version];
  if (arms === null) return;
  if (arms.length > MOST_ARMS) {
    throw new Error(`${arms.length} arms, and ${MOST_ARMS} is the most`);
  }
  for (const template of arms) loadTemplate(wasm, template);
  const addresses = (sources[version] ?? []).map(addressBytes);
  if (addresses.length === 0) throw new Error(`no address to send from over IPv${version}`);
  const at = wasm.scanSources(version, addresses.length);
  addresses.forEach((address, i) => put(wasm, at, address, i * SOURCE));
}

function loadTemplate(wasm: ScanExports, template: ProbeTemplate): void {
  const { version, octets, transportAt, protocol, checksum, echo, timestampAt } = template;
  const at = wasm.scanTemplate(
    version,
    octets.length,
    transportAt,
    protocol,
    checksum === "right",
    ECHOES[echo.kind],
    echoAt(template),
    timestampAt ?? 0,
  );
  put(wasm, at, octets);
  if (echo.kind !== "dns") return;
  for (const letter of echo.letters) {
    if (wasm.scanLetter(version, letter) === 0) {
      throw new Error("a question's template has too many letters");
    }
  }
}

function echoAt({ echo, transportAt }: ProbeTemplate): number {
  switch (echo.kind) {
    case "sequence":
      return transportAt + 4;
    case "dns":
      return echo.idAt;
    case "text":
    case "echo":
      return echo.at;
  }
}

/** Puts octets where they go in memory, which may still grow. */
function put(wasm: ScanExports, at: number, octets: Uint8Array, on = 0): void {
  if (at === 0) throw new Failure("out of memory: there is no room for the probes of a scan");
  new Uint8Array(wasm.memory.buffer).set(octets, (at >>> 0) + on);
}
