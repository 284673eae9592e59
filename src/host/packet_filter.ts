import { Failure } from "./failure.ts";
import { notUnderstood } from "./filter.ts";
import { libc } from "./libc.ts";
import { cString, ERROR_BUFFER, fromBuffer, fromC, libpcap } from "./libpcap.ts";

/** `struct bpf_program`: a count, and a pointer 8 octets on. */
const PROGRAM = 16;
const NETMASK_UNKNOWN = 0xffff_ffff;
/** `struct pcap_pkthdr`: a time, octets captured, octets on the wire. */
const HEADER = 24;
const CAPTURED = 16;
const WIRE = 20;
/** What a filter lets through of a packet: all of it. */
const WHOLE = 262_144;

const MAGIC = 0xa1b2c3d4;
const VERSION = 0x0004_0002; // 2.4: two numbers of 16 bits

type Program = Uint8Array<ArrayBuffer>;

/**
 * An expression of pcap-filter(7) for packets in memory, whose link types may differ: it is
 * compiled for each.
 */
export class PacketFilter implements Disposable {
  readonly #expression: string;
  readonly #programs = new Map<number, Program | null>();
  readonly #header = new Uint8Array(HEADER);
  readonly #lengths = new DataView(this.#header.buffer);
  /** Why it lets nothing through of packets of some link types. */
  readonly refusals = new Map<number, string>();

  /**
   * @param linkTypes those that are known already; for one of them it must be understood
   * @throws {Failure} when it is for none
   */
  constructor(expression: string, linkTypes: readonly [number, ...number[]]) {
    this.#expression = expression;
    if (linkTypes.every((linkType) => this.#programOf(linkType) === null)) {
      throw notUnderstood(expression, this.refusals.get(linkTypes[0])!);
    }
    // Refusals are told of link types that packets have
    for (const linkType of this.refusals.keys()) this.#programs.delete(linkType);
    this.refusals.clear();
  }

  /**
   * Whether it lets a packet through.
   *
   * @param address where its frame begins in this process's memory
   */
  matches(linkType: number, address: number, captured: number, wireLength: number): boolean {
    const program = this.#programOf(linkType);
    if (program === null) return false;
    this.#lengths.setUint32(CAPTURED, captured, true);
    this.#lengths.setUint32(WIRE, wireLength, true);
    return libpcap().pcap_offline_filter(program, this.#header, BigInt(address)) !== 0;
  }

  close(): void {
    for (const program of this.#programs.values()) {
      if (program !== null) libpcap().pcap_freecode(program);
    }
    this.#programs.clear();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  #programOf(linkType: number): Program | null {
    let program = this.#programs.get(linkType);
    if (program === undefined) this.#programs.set(linkType, program = this.#compile(linkType));
    return program;
  }

  /** The program for a link type; null when there is none, and then why is noted. */
  #compile(linkType: number): Program | null {
    const { pcap_compile, pcap_close, pcap_geterr } = libpcap();
    const header = fileHeader(linkType);
    const compiler = openOffline(header);
    if (typeof compiler === "string") {
      this.refusals.set(linkType, compiler);
      return null;
    }
    const program = new Uint8Array(PROGRAM);
    try {
      const expression = cString(this.#expression);
      if (pcap_compile(compiler, program, expression, 1, NETMASK_UNKNOWN) === 0) return program;
      this.refusals.set(linkType, fromC(pcap_geterr(compiler)));
      return null;
    } finally {
      pcap_close(compiler); // and until then it may read the header
    }
  }
}

/** The header of a pcap file. */
function fileHeader(linkType: number): Uint8Array<ArrayBuffer> {
  return new Uint8Array(new Uint32Array([MAGIC, VERSION, 0, 0, WHOLE, linkType]).buffer);
}

/**
 * A pcap file without packets, open in libpcap, or why it is not. Of the same link a file may come
 * from another system, whose numbers of address families differ (DLT_NULL), which libpcap minds in
 * filters for files alone.
 */
function openOffline(header: Uint8Array<ArrayBuffer>): NonNullable<Deno.PointerValue> | string {
  const at = Deno.UnsafePointer.of(header);
  const stream = libc.fmemopen(at, BigInt(header.length), cString("r"));
  if (stream === null) throw new Failure("out of memory: a filter could not be compiled");
  const error = new Uint8Array(ERROR_BUFFER);
  const opened = libpcap().pcap_fopen_offline(stream, error);
  if (opened !== null) return opened;
  libc.fclose(stream);
  return fromBuffer(error);
}
