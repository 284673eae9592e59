import { Failure } from "./failure.ts";
import { libc } from "./libc.ts";
import { cString, ERROR_BUFFER, fromBuffer, fromC, libpcap } from "./libpcap.ts";

const NANOSECONDS = 1;

// pcap_activate(3)
const ERROR_NO_SUCH_DEVICE = -5;
const ERROR_NOT_PERMITTED = -8;
const ERROR_NOT_UP = -9;
const ERROR_PROMISC_NOT_PERMITTED = -11;

/** The most octets that libpcap ever hands over as one packet (MAXIMUM_SNAPLEN). */
export const LONGEST_PACKET = 262_144;
/** What pcap_dump(3) writes before each packet. */
const RECORD_HEADER = 16;

/** What a live capture is opened with. */
export interface LiveOptions {
  /** Octets kept of each packet. */
  readonly snaplen: number;
  /** Kernel buffer, in octets. */
  readonly bufferSize: number;
  /** How long the kernel may gather packets before it hands them over, in milliseconds. */
  readonly timeoutMs: number;
}

/** What libpcap counted on a live capture (pcap_stats(3)). */
export interface CaptureCounts {
  readonly received: number;
  /** Dropped because the kernel's buffer was full. */
  readonly dropped: number;
  /** Dropped by the interface or its driver. */
  readonly interfaceDropped: number;
}

/**
 * An open capture, live or a file. Packets go to linear memory in bulk: pcap_dump(3) writes them
 * into a FILE that fmemopen(3) laid over it, so that no packet costs a call into JavaScript.
 */
export class Capture implements Disposable {
  readonly #pcap: NonNullable<Deno.PointerValue>;
  #stream: Deno.PointerValue = null;
  #target: ArrayBufferLike | null = null;
  #most = 0;
  #closed = false;
  readonly #live: boolean;
  /** `pcap_datalink` value. */
  readonly linkType: number;
  /** What one unit of a packet's fraction of a second is worth, in nanoseconds. */
  readonly fraction: 1 | 1000;
  /** True once a file has been read to its end, or to where it breaks off. */
  ended = false;
  /** Why a capture broke off; null while it is whole. */
  fault: string | null = null;

  private constructor(pcap: NonNullable<Deno.PointerValue>, live: boolean) {
    this.#pcap = pcap;
    this.#live = live;
    this.linkType = libpcap().pcap_datalink(pcap);
    this.fraction = libpcap().pcap_get_tstamp_precision(pcap) === NANOSECONDS ? 1 : 1000;
  }

  /** Opens a capture file, pcap or pcapng. Throws a {@linkcode Failure} when it cannot be read. */
  static file(path: string): Capture {
    const error = new Uint8Array(ERROR_BUFFER);
    const pcap = libpcap().pcap_open_offline_with_tstamp_precision(
      cString(path),
      NANOSECONDS,
      error,
    );
    if (pcap === null) {
      throw new Failure(
        `${path} cannot be read as a capture: ${
          fromBuffer(error)
        }; give a pcap or pcapng file that you may read`,
      );
    }
    return new Capture(pcap, false);
  }

  /** Opens an interface. Throws a {@linkcode Failure} that says what stands in the way. */
  static live(device: string, options: LiveOptions): Capture {
    const pcapLibrary = libpcap();
    const error = new Uint8Array(ERROR_BUFFER);
    const pcap = pcapLibrary.pcap_create(cString(device), error);
    if (pcap === null) throw new Failure(`cannot capture on ${device}: ${fromBuffer(error)}`);
    pcapLibrary.pcap_set_snaplen(pcap, options.snaplen);
    pcapLibrary.pcap_set_promisc(pcap, 0);
    pcapLibrary.pcap_set_timeout(pcap, options.timeoutMs);
    pcapLibrary.pcap_set_buffer_size(pcap, options.bufferSize);
    pcapLibrary.pcap_set_immediate_mode(pcap, options.timeoutMs === 0 ? 1 : 0);
    pcapLibrary.pcap_set_tstamp_precision(pcap, NANOSECONDS);
    const status = pcapLibrary.pcap_activate(pcap);
    if (status < 0) {
      const said = fromC(pcapLibrary.pcap_geterr(pcap)) ||
        fromC(pcapLibrary.pcap_statustostr(status));
      pcapLibrary.pcap_close(pcap);
      throw new Failure(explain(device, status, said));
    }
    if (pcapLibrary.pcap_setnonblock(pcap, 1, error) < 0) {
      pcapLibrary.pcap_close(pcap);
      throw new Failure(`cannot capture on ${device}: ${fromBuffer(error)}`);
    }
    return new Capture(pcap, true);
  }

  /** Keeps only what a BPF expression lets through (pcap-filter(7)). */
  filter(expression: string): void {
    const program = new Uint8Array(16);
    const pcapLibrary = libpcap();
    const compiled = pcapLibrary.pcap_compile(
      this.#pcap,
      program,
      cString(expression),
      1,
      0xffff_ffff,
    ) === 0;
    const set = compiled && pcapLibrary.pcap_setfilter(this.#pcap, program) === 0;
    if (compiled) pcapLibrary.pcap_freecode(program);
    if (!set) {
      throw new Failure(
        `the filter "${expression}" is not understood: ${
          fromC(pcapLibrary.pcap_geterr(this.#pcap))
        }; see pcap-filter(7) for the language`,
      );
    }
  }

  /** The link type's name, such as `EN10MB`. */
  get linkName(): string {
    return fromC(libpcap().pcap_datalink_val_to_name(this.linkType)) || String(this.linkType);
  }

  /** A file descriptor that becomes readable when packets wait; of a live capture only. */
  get fd(): number {
    return libpcap().pcap_get_selectable_fd(this.#pcap);
  }

  /**
   * Moves waiting packets into `target`, at most `most` of them and as many as surely fit. Returns
   * how many octets were written. Never blocks on a live capture.
   */
  read(target: Uint8Array<ArrayBuffer>, most: number): number {
    this.#aim(target);
    const stream = this.#stream;
    libc.rewind(stream);
    const pcapLibrary = libpcap();
    const packets = pcapLibrary.pcap_dispatch(
      this.#pcap,
      Math.min(most, this.#most),
      pcapLibrary.pcap_dump,
      stream,
    );
    if (packets === 0 && !this.#live) this.ended = true;
    // A capture that breaks off fails the call, but the packets before the break were written
    if (packets < 0) {
      this.ended = true;
      this.fault = fromC(pcapLibrary.pcap_geterr(this.#pcap));
    }
    libc.fflush(stream);
    return libc.ftell(stream);
  }

  /** Opens the stream over the target again whenever linear memory has moved. */
  #aim(target: Uint8Array<ArrayBuffer>): void {
    if (this.#target === target.buffer) return;
    if (this.#stream !== null) libc.fclose(this.#stream);
    this.#target = target.buffer;
    // fmemopen keeps one octet for a zero at the end of what was written
    const room = target.byteLength - 1;
    this.#most = Math.floor(
      room / (Math.min(libpcap().pcap_snapshot(this.#pcap), LONGEST_PACKET) + RECORD_HEADER),
    );
    if (this.#most < 1) throw new RangeError("the packet buffer is smaller than one packet");
    this.#stream = libc.fmemopen(
      Deno.UnsafePointer.of(target),
      BigInt(target.byteLength),
      cString("w"),
    );
    if (this.#stream === null) throw new Failure("out of memory: fmemopen failed");
  }

  /** What the kernel counted since the capture was opened. */
  counts(): CaptureCounts {
    const stat = new Uint32Array(3);
    if (libpcap().pcap_stats(this.#pcap, new Uint8Array(stat.buffer)) < 0) {
      throw new Failure(
        `no capture statistics: ${fromC(libpcap().pcap_geterr(this.#pcap))}`,
      );
    }
    return { received: stat[0]!, dropped: stat[1]!, interfaceDropped: stat[2]! };
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    if (this.#stream !== null) libc.fclose(this.#stream);
    libpcap().pcap_close(this.#pcap);
  }

  [Symbol.dispose](): void {
    this.close();
  }
}

function explain(device: string, status: number, said: string): string {
  switch (status) {
    case ERROR_NO_SUCH_DEVICE:
      return `there is no interface ${device}: see \`ip link\` for those there are`;
    case ERROR_NOT_PERMITTED:
    case ERROR_PROMISC_NOT_PERMITTED:
      return `capturing on ${device} is not permitted: run as root, or with the capabilities CAP_NET_RAW and CAP_NET_ADMIN`;
    case ERROR_NOT_UP:
      return `the interface ${device} is down: bring it up with \`ip link set ${device} up\``;
    default:
      return `cannot capture on ${device}: ${said}`;
  }
}
