import { type LiveOptions, openLive } from "./capture_live.ts";
import { Failure } from "./failure.ts";
import { setFilter } from "./filter.ts";
import { setKernelFilter } from "./kernel_filter.ts";
import { libc } from "./libc.ts";
import { fromC, libpcap } from "./libpcap.ts";
import { linkName } from "./link_type.ts";
import { MemoryStream } from "./memory_stream.ts";

const NANOSECONDS = 1;
// linux/if_packet.h
const SOL_PACKET = 263;
const PACKET_IGNORE_OUTGOING = 23;

/** The most octets that libpcap ever hands over as one packet (MAXIMUM_SNAPLEN). */
const LONGEST_PACKET = 262_144;
/** What pcap_dump(3) writes before each packet. */
const RECORD_HEADER = 16;
/** For fewer packets than this there is no further call. */
const WORTHWHILE = 64;

/** The pseudo-device on which libpcap captures on all interfaces at once. */
export const ANY = "any";
/** Link type of packets that begin with their IP header. */
const RAW = 12;
/** Link type that says of each packet on which interface it was seen. */
export const LINUX_SLL2 = 276;

/** What libpcap counted on a live capture (pcap_stats(3)). */
export interface CaptureCounts {
  readonly received: number;
  /** Dropped because the kernel's buffer was full. */
  readonly dropped: number;
  /** Dropped by the interface or its driver. */
  readonly interfaceDropped: number;
}

/** An interface, as far as a capture needs to know it. */
export interface CapturedInterface {
  readonly name: string;
  /** The kernel's number for it. */
  readonly index: number;
}

/** A filter that matches what any of some filters matches. */
export function anyOf(expressions: readonly string[]): string {
  return expressions.map((expression) => `(${expression})`).join(" or ");
}

/**
 * An open capture of an interface or several. Packets go to linear memory in bulk: pcap_dump(3)
 * writes them into a FILE on top of it, without a call into JavaScript per packet.
 */
export class Capture implements Disposable {
  readonly #opened: NonNullable<Deno.PointerValue>;
  readonly #stream = new MemoryStream();
  #closed = false;
  /** Which interfaces are captured on, as a filter; null for all there are to this capture. */
  readonly #interfaces: string | null;
  /** The interface, or the names of several. */
  readonly device: string;
  /** `pcap_datalink` value. */
  readonly linkType: number;
  /** What one unit of a packet's fraction of a second is worth, in nanoseconds. */
  readonly fraction: 1 | 1000;
  /** Octets kept of each packet. */
  readonly snaplen: number;
  /** How many packets the last call of `read` gave. */
  packets = 0;
  /** Whether the last call of `read` gave all that waited. */
  drained = false;
  /** True once it has broken off. */
  ended = false;
  /** Why it broke off; null while it goes on. */
  fault: string | null = null;

  private constructor(
    pcap: NonNullable<Deno.PointerValue>,
    device: string,
    interfaces: string | null = null,
  ) {
    this.#opened = pcap;
    this.#interfaces = interfaces;
    this.device = device;
    this.linkType = libpcap().pcap_datalink(pcap);
    this.fraction = libpcap().pcap_get_tstamp_precision(pcap) === NANOSECONDS ? 1 : 1000;
    this.snaplen = libpcap().pcap_snapshot(pcap);
  }

  /**
   * Opens an interface; `ANY` for all of them, each packet of which says where it was seen (see
   * `LINUX_SLL2`). Throws a {@linkcode Failure} that says why not.
   */
  static live(device: string, options: LiveOptions): Capture {
    const wanted = device === ANY ? { ...options, linkType: LINUX_SLL2 } : options;
    return new Capture(openLive(device, wanted), device);
  }

  /**
   * Opens several interfaces as one capture, whose packets come in the order in which the kernel
   * saw them: with two captures the answer could come before the packet that it answers. Throws a
   * {@linkcode Failure} that says why not.
   */
  static liveOn(devices: readonly CapturedInterface[], options: LiveOptions): Capture {
    const [device] = devices;
    if (device === undefined) throw new RangeError("a capture needs an interface");
    if (devices.length === 1) return Capture.live(device.name, options);
    const only = anyOf(devices.map(({ index }) => `ifindex ${index}`));
    return Capture.#cooked(devices.map(({ name }) => name).join(", "), only, options);
  }

  /**
   * Opens all interfaces as one capture, except some. Each packet says where it was seen (see
   * `LINUX_SLL2`).
   */
  static liveExceptOn(devices: readonly CapturedInterface[], options: LiveOptions): Capture {
    const others = `not (${anyOf(devices.map(({ index }) => `ifindex ${index}`))})`;
    return Capture.#cooked("any other interface", others, options);
  }

  static #cooked(names: string, interfaces: string, options: LiveOptions): Capture {
    const pcap = openLive(ANY, { ...options, linkType: LINUX_SLL2 });
    const capture = new Capture(pcap, names, interfaces);
    capture.keep(null);
    return capture;
  }

  /** Keeps only what a BPF expression lets through (pcap-filter(7)). */
  filter(expression: string): void {
    setFilter(this.#pcap, expression);
  }

  /**
   * Has the kernel hand over only what an expression lets through, of a live capture, and everything
   * again with null. At once and without a loss, also while packets come. An expression on which
   * interfaces were told apart begins at the IP header, where `ether` says nothing.
   */
  keep(expression: string | null): void {
    const parts = [this.#interfaces, expression].filter((part) => part !== null);
    setKernelFilter(
      this.fd,
      this.isCooked ? RAW : this.linkType,
      this.snaplen,
      parts.length === 0 ? null : parts.map((part) => `(${part})`).join(" and "),
    );
  }

  /**
   * Has the kernel pass over what this host sends, before it makes a copy of it (Linux 4.20); older ones
   * hand it to the filter, which must leave it out too.
   */
  ignoreOutgoing(): void {
    const on = new Uint8Array(new Uint32Array([1]).buffer);
    libc.setsockopt(this.fd, SOL_PACKET, PACKET_IGNORE_OUTGOING, on, on.length);
  }

  /** Whether it is of several interfaces: the kernel then gives packets without their link's header. */
  get isCooked(): boolean {
    return this.#interfaces !== null;
  }

  /** The link type's name, such as `EN10MB`. */
  get linkName(): string {
    return linkName(this.linkType);
  }

  /** A file descriptor that becomes readable when packets wait. */
  get fd(): number {
    return libpcap().pcap_get_selectable_fd(this.#pcap);
  }

  /**
   * Moves waiting packets into `target`, at most `most` of them and as many as surely fit. Returns
   * how many octets were written. Never blocks.
   */
  read(target: Uint8Array<ArrayBuffer>, most: number): number {
    const { pcap_dispatch, pcap_dump } = libpcap();
    const stream = this.#stream.aim(target);
    let packets = 0;
    let result: number;
    let count = this.#fitting(target.byteLength, most);
    this.drained = false;
    do {
      result = pcap_dispatch(this.#pcap, count, pcap_dump, stream);
      packets += Math.max(result, 0);
      this.drained = result < count;
      if (this.drained) break;
      // Packets are seldom as long as they may be, so that there is room for more
      count = Math.min(most - packets, this.#fits(target.byteLength - this.#stream.position()));
    } while (count >= WORTHWHILE);
    return this.#taken(result, packets);
  }

  /** libpcap's handle, which must not be used once it is freed. */
  get #pcap(): NonNullable<Deno.PointerValue> {
    if (this.#closed) throw new Error("the capture is closed");
    return this.#opened;
  }

  /** The octets of some calls of `pcap_dispatch`, the last of which gave a result. */
  #taken(result: number, packets: number): number {
    this.packets = packets;
    const { pcap_geterr } = libpcap();
    // A capture that breaks off fails the call, but the packets before the break were written
    if (result < 0) {
      this.ended = true;
      this.fault = fromC(pcap_geterr(this.#pcap));
    }
    return this.#stream.flush();
  }

  /** How many packets surely fit, and not more than `most`. */
  #fitting(octets: number, most: number): number {
    const fits = this.#fits(octets);
    if (fits < 1) throw new RangeError("the packet buffer is smaller than one packet");
    return Math.min(most, fits);
  }

  #fits(octets: number): number {
    const longest = Math.min(this.snaplen, LONGEST_PACKET) + RECORD_HEADER;
    return Math.floor((octets - 1) / longest);
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
    this.#stream.close();
    libpcap().pcap_close(this.#opened);
  }

  [Symbol.dispose](): void {
    this.close();
  }
}
