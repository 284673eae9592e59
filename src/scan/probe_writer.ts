import { addressBytes } from "../host/address.ts";
import { Failure } from "../host/failure.ts";
import type { PortRange } from "../host/port_range.ts";
import { instantiate, type WasmExports } from "../host/wasm.ts";
import type { ArmTemplates, Echo, ProbeTemplate } from "./probe_template.ts";
import { ROW } from "./target_row.ts";

/** Numbers of the kinds in wasm/assembly/scan/template.ts. */
const ECHOES: Readonly<Record<Echo["kind"], number>> = { sequence: 0, dns: 1, text: 2, echo: 3 };
/** The same of wasm/assembly/scan/messages.ts. */
const NAMES = { none: 0, inet: 1, packet: 2 } as const;

/** Octets of a struct mmsghdr. */
export const MESSAGE = 64;

/** Octets that a source address has. */
const SOURCE = 16;
/** Most arms that tokens tell apart. */
const MOST_ARMS = 8;

/** What a {@linkcode ProbeWriter} writes, and for which kind of socket. */
export interface ProbeWriterOptions {
  readonly templates: ArmTemplates;
  /** 16 octets of the run, which make the tokens. */
  readonly key: Uint8Array;
  /** Ports to send from. */
  readonly ports: PortRange;
  /** Whether the arms of a target are sent from one port. */
  readonly sharesPort: boolean;
  /** Addresses to send from, of which a target sees one; at least one for each version with templates. */
  readonly sources: { readonly 4?: readonly string[]; readonly 6?: readonly string[] };
  /** What stands before the IP header: nothing, or 14 octets of Ethernet, whose EtherType is filled in. */
  readonly link: Uint8Array;
  /** Probes that are written at once, at most. */
  readonly slots: number;
  /**
   * What messages say about where they go: nothing; the target's address, for raw IP sockets; or the
   * EtherType and the interface, for packet sockets (packet(7)).
   */
  readonly names?: keyof typeof NAMES;
  /** The number of the interface that packets leave by, for names. */
  readonly interfaceIndex?: number;
}

/** Probes that were written. */
export interface ProbeBatch {
  /** An array of struct mmsghdr for sendmmsg(2), lent until the half is written again. */
  readonly messages: Uint8Array<ArrayBuffer>;
  /** How many of them are to be sent: fewer than rows where some have no template. */
  readonly count: number;
}

/**
 * Writes the probes of many targets where the kernel reads them: in the memory of a wasm instance of its
 * own, which does not move.
 */
export class ProbeWriter {
  readonly #wasm: WasmExports = instantiate();
  readonly #memory: ArrayBuffer;
  readonly #halves: readonly Uint8Array<ArrayBuffer>[];
  /** Where targets are put before they are written, 24 octets each: see `ROW`. */
  readonly rows: Uint8Array<ArrayBuffer>;

  /** Throws a {@linkcode Failure} when there is no memory for them. */
  constructor(options: ProbeWriterOptions) {
    const { key, ports, sharesPort, slots, names = "none", interfaceIndex = 0 } = options;
    this.#put(this.#wasm.scanKeyAt(), key);
    this.#wasm.scanPorts(ports.first, ports.last - ports.first + 1, sharesPort);
    this.#put(this.#wasm.scanLink(options.link.length), options.link);
    for (const version of [4, 6] as const) this.#setVersion(version, options);
    if (this.#wasm.scanReserve(slots, NAMES[names], interfaceIndex) === 0) throw noMemory();
    this.#memory = this.#wasm.memory.buffer as ArrayBuffer;
    this.#wasm.scanPointers(addressOf(this.#memory));
    this.rows = new Uint8Array(this.#memory, this.#wasm.scanRowsAt() >>> 0, slots * ROW);
    this.#halves = [0, 1].map((half) =>
      new Uint8Array(this.#memory, this.#wasm.scanMessagesAt(half) >>> 0, slots * MESSAGE)
    );
  }

  /**
   * Writes the probes to the first `count` rows, one each. Targets of a version without templates have
   * none.
   *
   * @param place which of a target's arms in this round: the first that is sent, or a later one
   * @param epoch of the probes' tokens
   * @param ms milliseconds since the scan began, for timestamps
   * @param half where to write, while the other one may be under way
   * @param version only the rows of one IP version; those of the other stay where they are
   */
  write(
    count: number,
    place: number,
    round: number,
    epoch: number,
    ms: number,
    half: 0 | 1,
    version?: 4 | 6,
  ): ProbeBatch {
    const written = this.#wasm.scanWrite(count, place, round, epoch, ms, half, version ?? 0);
    // The kernel would read from where the memory was
    if (this.#wasm.memory.buffer !== this.#memory) throw new Error("the senders' memory has grown");
    return { messages: this.#halves[half]!, count: written };
  }

  #setVersion(version: 4 | 6, { templates, sources }: ProbeWriterOptions): void {
    const arms = templates[version];
    if (arms === null) return;
    if (arms.length > MOST_ARMS) {
      throw new Error(`${arms.length} arms, and ${MOST_ARMS} is the most`);
    }
    for (const template of arms) this.#addTemplate(template);
    const addresses = (sources[version] ?? []).map(addressBytes);
    if (addresses.length === 0) throw new Error(`no address to send from over IPv${version}`);
    const at = this.#wasm.scanSources(version, addresses.length);
    addresses.forEach((address, i) => this.#put(at, address, i * SOURCE));
  }

  #addTemplate(template: ProbeTemplate): void {
    const { version, octets, transportAt, protocol, checksum, echo, timestampAt } = template;
    const at = this.#wasm.scanTemplate(
      version,
      octets.length,
      transportAt,
      protocol,
      checksum === "right",
      ECHOES[echo.kind],
      echoAt(template),
      timestampAt ?? 0,
    );
    this.#put(at, octets);
    if (echo.kind !== "dns") return;
    for (const letter of echo.letters) {
      if (this.#wasm.scanLetter(version, letter) === 0) {
        throw new Error("a question's template has too many letters");
      }
    }
  }

  /** Puts octets where they go in memory, which may still grow. */
  #put(at: number, octets: Uint8Array, on = 0): void {
    if (at === 0) throw noMemory();
    new Uint8Array(this.#wasm.memory.buffer).set(octets, (at >>> 0) + on);
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

function addressOf(memory: ArrayBuffer): bigint {
  return BigInt(Deno.UnsafePointer.value(Deno.UnsafePointer.of(new Uint8Array(memory, 0, 1))));
}

function noMemory(): Failure {
  return new Failure("out of memory: no probes can be written");
}
