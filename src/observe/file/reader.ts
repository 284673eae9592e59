import { CaptureInput } from "../../host/capture_input.ts";
import { fileError } from "../../host/file_error.ts";
import { PacketFilter } from "../../host/packet_filter.ts";
import type { FlowTable } from "../flow_table.ts";
import { MOST_LISTED } from "../packet_list.ts";
import type { Format } from "./format.ts";
import { isPcap, PCAP_HEADER, PcapFormat } from "./pcap.ts";
import { isPcapng, LONGEST_BLOCK, PcapngFormat } from "./pcapng.ts";

/** Octets that are read at once: with what is made of them they stay in the processor's cache. */
const CHUNK = 1 << 18;
/** Octets of the input of a flow table that reads a file: a block that is cut, and what is read behind it. */
export const FILE_INPUT = LONGEST_BLOCK + CHUNK;

/** Link type for which a filter is understood where a file has no interface. */
const ETHERNET = 1;

/** Reads a capture file into the input of a flow table, and lists its packets there. */
export class FileReader implements Disposable {
  readonly #input: CaptureInput;
  readonly #table: FlowTable;
  readonly #format: Format;
  #filter: PacketFilter | null = null;
  /** Whether packets are listed that `find` has not yet reported. */
  #waiting = false;
  /** Places in the table's input between which octets wait. */
  #from = 0;
  #to = 0;
  /** Where the first of them stands in the file. */
  #offset = 0;
  /** Octets behind them that need not be read. */
  #skip = 0;
  #atEnd = false;
  #closed = false;
  /** True once it was read to its end, or to where it breaks off. */
  ended = false;
  /** Why it broke off, the end of a sentence; null while it is whole. */
  fault: string | null = null;

  private constructor(input: CaptureInput, table: FlowTable) {
    this.#input = input;
    this.#table = table;
    table.beginFile();
    while (this.#to < PCAP_HEADER && !this.#atEnd && !this.ended) this.read();
    if (this.fault !== null) throw input.unreadable(this.fault);
    this.#format = this.#formatOf();
  }

  /**
   * Opens a file, `-` for standard input, and reads its begin.
   *
   * @param table whose input has `FILE_INPUT` octets
   * @throws {Failure} when it cannot be read as a capture
   */
  static open(path: string, table: FlowTable): FileReader {
    const input = new CaptureInput(path);
    try {
      return new FileReader(input, table);
    } catch (error) {
      input.close();
      throw error;
    }
  }

  #formatOf(): Format {
    const begin = this.#table.inputBetween(0, this.#to);
    if (isPcap(begin)) {
      const fail = (why: string) => this.#unreadable(why);
      const format = new PcapFormat(begin, this.#table, fail);
      this.#advance(PCAP_HEADER);
      return format;
    }
    if (isPcapng(begin)) return new PcapngFormat(this.#table);
    throw this.#unreadable(
      begin.length === 0
        ? "it is empty"
        : "it begins neither as pcap nor as pcapng: give a file of one of these",
    );
  }

  /** What to throw; damage of what is packed is the reason of all others. */
  #unreadable(why: string): Error {
    return this.#input.unreadable(this.#input.damage() ?? why);
  }

  /** What is known of the file's form so far. */
  get format(): Format {
    return this.#format;
  }

  /** Whether it is read from a pipe, whose writer may let it wait. */
  get isPipe(): boolean {
    return this.#input.isPipe;
  }

  /** How much of it was read, from 0 to 1; null when that cannot be known. */
  get share(): number | null {
    return this.#input.share;
  }

  /**
   * Passes over packets that an expression of pcap-filter(7) does not let through. To be called
   * before the first packet is taken.
   *
   * @throws {Failure} when it is not understood
   */
  filter(expression: string): void {
    // What it means depends on the link type, which a pcapng file tells when it likes
    while (this.#format.interfaces.length === 0 && !this.find() && !this.ended) this.read();
    this.#waiting = this.#table.packets.count > 0;
    const [first = ETHERNET, ...others] = new Set(
      this.#format.interfaces.map(({ linkType }) => linkType),
    );
    this.#filter = new PacketFilter(expression, [first, ...others]);
    this.#applyFilter();
  }

  /** Link types of which the filter lets nothing through, and why. */
  get refusals(): ReadonlyMap<number, string> {
    return this.#filter?.refusals ?? new Map();
  }

  /** Lists the next packets that were read already; false when there are none. */
  find(): boolean {
    const { packets } = this.#table;
    const waiting = this.#waiting && packets.count > 0;
    this.#waiting = false;
    if (waiting) return true;
    packets.cut(0);
    while (packets.count === 0 && this.#from < this.#to && !this.ended) {
      const { at, skip = 0, fault } = this.#format.find(
        this.#from,
        this.#to,
        this.#offset,
        this.#atEnd,
      );
      const moved = at > this.#from;
      this.#advance(at - this.#from);
      this.#skip = skip;
      if (fault !== undefined && packets.count === 0) this.#end(fault);
      this.#applyFilter();
      if (!moved) break;
    }
    if (packets.count === 0 && this.#from === this.#to && this.#atEnd && !this.ended) {
      this.#end(this.#skip === 0 ? null : "it ends in the middle of a block");
    }
    return packets.count > 0;
  }

  /** Reads the next octets, as many as there are now; waits for the first. An error ends the reading. */
  read(): void {
    const input = this.#table.input(MOST_LISTED);
    input.copyWithin(0, this.#from, this.#to);
    this.#to -= this.#from;
    this.#from = 0;
    const room = input.subarray(this.#to, this.#to + CHUNK);
    let octets: number;
    try {
      octets = this.#input.read(room);
    } catch (error) {
      return this.#end(`it cannot be read on: ${fileError(error)}`);
    }
    if (octets === 0) {
      this.#atEnd = true;
      return;
    }
    const skipped = Math.min(this.#skip, octets);
    this.#skip -= skipped;
    this.#to += octets;
    this.#advance(skipped);
  }

  /** Waits until there is something to read, or the signal aborts. */
  async ready(signal: AbortSignal): Promise<void> {
    if (this.isPipe) await this.#input.ready(signal);
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#filter?.close();
    this.#input.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  #advance(octets: number): void {
    this.#from += octets;
    this.#offset += octets;
  }

  #end(fault: string | null): void {
    this.ended = true;
    this.fault = this.#input.damage() ?? fault;
  }

  #applyFilter(): void {
    const filter = this.#filter;
    if (filter === null || this.#table.packets.count === 0) return;
    const { interfaces } = this.#format;
    const memory = this.#table.memoryAddress;
    this.#table.packets.keep((source, start, captured, wireLength) =>
      filter.matches(interfaces[source]!.linkType, memory + start, captured, wireLength)
    );
  }
}
