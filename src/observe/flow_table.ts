import type { Chain } from "../contract/chain.ts";
import type { Endpoint } from "../contract/job.ts";
import { addressBytes } from "../host/address.ts";
import { MOST_FLOWS } from "../contract/flow.ts";
import { Failure } from "../host/failure.ts";
import { splitZone } from "../host/zone.ts";
import { chainMask } from "./chains.ts";
import { checkChain, checkTogether } from "./js/check.ts";
import { distantHooks } from "./js/distant.ts";
import { FlowNumbers, type PacketFlow } from "./js/flow_numbers.ts";
import { ChainRunner } from "./js/runner.ts";
import { PacketList } from "./packet_list.ts";
import { RECORD_HEADER } from "./records.ts";
import { linkPhrase } from "../host/link_type.ts";
import { instantiate, text, type WasmExports } from "../host/wasm.ts";

/** The kinds of frame a flow table reads, for messages. */
const KNOWN_LINKS = [
  "Ethernet, Linux cooked capture v1 and v2, raw IP, BSD loopback, PPP, Cisco HDLC, Frame Relay",
  "IEEE 802.11 with radiotap, Prism or nothing, NFLOG, IPNET, PKTAP and switch tags",
].join(", ");

/** An expected connection. */
export interface ExpectOptions {
  /** It is a single packet, so that the first answer to it is the end. */
  readonly one?: boolean;
  /** It reuses the 5-tuple of another one, whose late packets do not belong to it. */
  readonly again?: boolean;
  /**
   * When it began, in milliseconds since 1970 by the system's clock: what was captured before is of
   * another connection on the same addresses and ports.
   */
  readonly since?: number;
}

/** How a flow table is made. Times are in seconds of packet time. */
export interface FlowTableOptions {
  /** The chains that are on: names of those that ship with the program, or chains in JavaScript. */
  readonly chains: readonly (string | Chain)[];
  /** Idle timeout of a flow. */
  readonly idle: number;
  /** How long a complete flow stays for late packets. */
  readonly linger: number;
  /** How long a record lasts at most, of a flow that goes on; as long as its flow when missing. */
  readonly active?: number | undefined;
  /** Number the flows, and know of each packet which one it is of. */
  readonly numbersFlows?: boolean | undefined;
  /** Pass over flows that were not expected. */
  readonly expectedOnly?: boolean;
  /**
   * Maximum number of flows: beyond it the flow that has been idle longest is evicted. 4,194,304
   * when missing, and at most 1,048,576 with a chain that runs elsewhere.
   */
  readonly maxFlows?: number;
  /**
   * Flows are those inside of tunnels, and those of each VLAN and tunnel are its own. Otherwise they are
   * those outside, whatever their VLAN: as sockets know them, so that what is expected is found.
   */
  readonly decapsulate?: boolean;
  /** Octets of the packet buffer. */
  readonly input: number;
  /** Octets that the hash starts from, for tests; random when missing, so that flows cannot be made to collide. */
  readonly seed?: Uint8Array;
}

/** What reading packets has to know of the interface that they were seen on. */
export interface InterfaceTimes {
  readonly linkType: number;
  readonly snaplen: number;
  /** What a unit of a time is worth, as pcapng's option if_tsresol has it. */
  readonly resolution: number;
  /** Seconds that are added to each time. */
  readonly offset: number;
}

/** Packets of one interface of a live capture in the input, as pcap_dump(3) wrote them. */
export interface LanePackets {
  /** Places of the input between which they are. */
  from: number;
  readonly to: number;
  /** Up to here they need not wait for what is still to be read of others that have none. */
  readonly due: number;
  /** Nanoseconds that a unit of a time's fraction is worth. */
  readonly fraction: number;
  /** The number of its interface. */
  readonly source: number;
  /** Whether its interface is away, all that waited was read, or more waits. */
  readonly state: "closed" | "drained" | "more";
}

/** See wasm/assembly/capture/lanes.ts. */
const LANE_STATES = { closed: 0, drained: 1, more: 2 } as const;
/** The most lanes. */
export const MOST_LANES = 64;

const OUTPUT = 1 << 20;
/** The most flows where a worker keeps records of them: its memory is limited. */
const MOST_FLOWS_ELSEWHERE = 1 << 20;

const decoder = new TextDecoder();

/** A dissector and its table of flows, in the linear memory of a wasm instance of its own. */
export class FlowTable {
  readonly #wasm: WasmExports;
  readonly #inputSize: number;
  readonly #statNames: readonly string[];
  /** Null without chains in JavaScript and without numbers: then no packet is described. */
  readonly #runner: ChainRunner | null;
  readonly #numbers: FlowNumbers | null;
  /** The packets of a capture that were found in the input. */
  readonly packets: PacketList;
  #input: Uint8Array<ArrayBuffer>;

  /** Throws a {@linkcode Failure} for an invalid chain, or when memory does not suffice. */
  constructor(options: FlowTableOptions) {
    const names = options.chains.filter((chain) => typeof chain === "string");
    const own = options.chains.filter((chain) => typeof chain !== "string");
    for (const chain of own) checkChain(chain, `the chain ${chain.name}`);
    checkTogether(own);
    const elsewhere = own.some((chain) => distantHooks(chain) !== undefined);
    const maxFlows = options.maxFlows ?? MOST_FLOWS;
    const wasm = this.#wasm = instantiate();
    this.#inputSize = options.input;
    const seed = new Uint8Array(wasm.memory.buffer as ArrayBuffer, wasm.seedAt(), wasm.seedSize());
    if (options.seed === undefined) crypto.getRandomValues(seed);
    else seed.set(options.seed);
    const made = wasm.setup(
      chainMask(names),
      options.idle * 1e6,
      options.linger * 1e6,
      options.expectedOnly ?? false,
      options.input,
      OUTPUT,
      elsewhere ? Math.min(maxFlows, MOST_FLOWS_ELSEWHERE) : maxFlows,
      options.decapsulate ?? false,
    );
    if (options.active !== undefined) wasm.setActive(options.active * 1e6);
    if (!made) throw new Failure("out of memory: the flow table could not be made");
    this.#numbers = options.numbersFlows ? new FlowNumbers() : null;
    this.#runner = own.length === 0 && this.#numbers === null
      ? null
      : new ChainRunner(wasm, own, this.#numbers, options.input);
    this.#statNames = text(wasm.memory, wasm.statNames()).split(" ");
    this.packets = new PacketList(wasm);
    this.#input = this.#view();
  }

  /** Octets that one flow takes. */
  get flowSize(): number {
    return this.#wasm.flowSize();
  }

  /** Whether frames of a link type can be read. */
  knowsLink(type: number): boolean {
    return this.#wasm.knowsLink(type) !== 0;
  }

  /** Throws a {@linkcode Failure} when frames of this link type cannot be read. */
  checkLink(type: number): void {
    if (!this.knowsLink(type)) throw this.unreadLinks([type]);
  }

  /** What to throw when frames of some link types cannot be read. */
  unreadLinks(types: readonly number[]): Failure {
    return new Failure(
      `packets of ${types.map(linkPhrase).join(", ")} cannot be read: what can is ${KNOWN_LINKS}`,
    );
  }

  /**
   * Where packets go, as pcap_dump(3) writes them, with room made for `packets` new flows. Good
   * until the next call: making room may move the memory.
   */
  input(packets: number): Uint8Array<ArrayBuffer> {
    this.#reserve(packets);
    return this.#input;
  }

  /** Makes room for new flows; false when memory does not suffice for all of them. */
  #reserve(flows: number): boolean {
    const made = this.#wasm.reserve(flows) !== 0;
    this.#look();
    return made;
  }

  /** Looks at the input again when memory has moved. */
  #look(): void {
    if (this.#input.buffer !== this.#wasm.memory.buffer) this.#input = this.#view();
  }

  #view(): Uint8Array<ArrayBuffer> {
    const buffer = this.#wasm.memory.buffer as ArrayBuffer;
    return new Uint8Array(buffer, this.#wasm.inputAt() >>> 0, this.#inputSize);
  }

  /** A part of the input, good until the next call that may move memory. */
  inputBetween(from: number, to: number): Uint8Array<ArrayBuffer> {
    this.#look();
    return this.#input.subarray(from, to);
  }

  /** Where the module's memory lies in this process, as a number. Memory may move. */
  get memoryAddress(): number {
    const memory = new Uint8Array(this.#wasm.memory.buffer as ArrayBuffer, 0, 1);
    return Number(Deno.UnsafePointer.value(Deno.UnsafePointer.of(memory)));
  }

  /** Begins a capture file, or a live capture. */
  beginFile(): void {
    this.#wasm.beginFile();
  }

  /** Begins a section of a capture file, which has interfaces of its own. */
  beginSection(): void {
    this.#wasm.beginSection();
  }

  /** Adds an interface, with the next number; false when memory is used up. */
  addInterface({ linkType, snaplen, resolution, offset }: InterfaceTimes): boolean {
    return this.#wasm.interfaceFound(linkType, snaplen, resolution, offset) !== 0;
  }

  /** How many packets of an interface of the section were dissected. */
  packetsOn(i: number): number {
    return this.#wasm.packetsOn(i);
  }

  /**
   * Lists packets of the records of a pcap file that lie between two places of the input.
   *
   * @param swapped whether their numbers are big endian
   * @param fraction nanoseconds that a unit of a time's fraction is worth
   * @param longest octets that a packet may have
   * @param header octets before each packet, those included that pcap_dump(3) does not write
   * @returns where it stopped: at a record that is cut or longer, or because the list is full
   */
  findRecords(
    from: number,
    to: number,
    swapped: boolean,
    fraction: number,
    longest: number,
    header = RECORD_HEADER,
  ): number {
    return this.#wasm.findRecords(from, to, swapped, fraction, longest, header) >>> 0;
  }

  /** The same of blocks of pcapng; it stops at one that is no packet too, or in which something is wrong. */
  findBlocks(from: number, to: number, swapped: boolean): number {
    return this.#wasm.findBlocks(from, to, swapped) >>> 0;
  }

  /**
   * Lists packets of lanes, in the order of their times, until the list is full, or one has to wait
   * for what is still to be read of another lane. Moves each lane's `from` on.
   */
  findInLanes(lanes: readonly LanePackets[]): void {
    const wasm = this.#wasm;
    lanes.forEach(({ from, to, due, fraction, source, state }, i) =>
      wasm.laneHas(i, from, to, due, fraction, source, LANE_STATES[state])
    );
    wasm.listLanes(lanes.length);
    lanes.forEach((lane, i) => lane.from = wasm.laneAtNow(i) >>> 0);
  }

  /** Dissects the packets that are listed. */
  dissectListed(): void {
    if (this.#runner === null) this.#wasm.dissectListed(0);
    else this.#runner.dissectListed(this.packets.count);
  }

  /** Dissects the first octets of the input, as pcap_dump(3) wrote them. `fraction`: nanoseconds a unit of a time's fraction. */
  dissect(octets: number, linkType: number, fraction: number): void {
    if (this.#runner === null) this.#wasm.dissect(octets, linkType, fraction);
    else this.#runner.dissect(octets, linkType, fraction);
  }

  /** Whether it knows of each packet which flow it is of. */
  get numbersFlows(): boolean {
    return this.#numbers !== null;
  }

  /**
   * The flow of a listed packet, by its frame, once they are dissected and while it
   * {@linkcode numbersFlows}; null when it is of none.
   */
  flowOf({ byteOffset, length }: Uint8Array): PacketFlow | null {
    return this.#numbers?.of(byteOffset, byteOffset + length) ?? null;
  }

  /** When the earliest packet was captured, in seconds since 1970; null before there is one. */
  get firstTime(): number | null {
    const time = this.#wasm.earliestTime();
    return time < 0 ? null : time / 1e6;
  }

  /** When the latest packet was captured, in seconds since 1970; null before there is one. */
  get lastTime(): number | null {
    return this.#wasm.earliestTime() < 0 ? null : this.#wasm.latestTime() / 1e6;
  }

  /** Moves packet time on to `time`, in milliseconds since 1970. */
  advance(time: number): void {
    this.#wasm.advance(time * 1000);
    this.#runner?.showRest();
  }

  /** Ends every flow that is not expected, for the end of a capture. */
  flush(): void {
    this.#wasm.flush();
    this.#runner?.showRest();
  }

  /** Records of flows that have ended, whole lines of ndjson; empty when there are no more. Good until the next call. */
  drain(): Uint8Array<ArrayBuffer> {
    const lines = this.#output(this.#wasm.drain());
    return this.#runner === null ? lines : this.#runner.complete(lines);
  }

  #output(octets: number): Uint8Array<ArrayBuffer> {
    const buffer = this.#wasm.memory.buffer as ArrayBuffer;
    // What is an address there arrives as a signed number
    return new Uint8Array(buffer, this.#wasm.outputAt() >>> 0, octets);
  }

  /**
   * Expects the flow of a connection before its packets are read: forward is from `local`. Returns
   * its handle, good until `release`, or 0 when it is expected already.
   *
   * @throws {Failure} when there is no memory for another flow
   */
  expect(
    local: Endpoint,
    remote: Endpoint,
    protocol: number,
    { one = false, again = false, since = 0 }: ExpectOptions = {},
  ): number {
    if (!this.#reserve(1)) {
      throw new Failure(
        "no room for another flow in the flow table: lower the number of workers with -w",
      );
    }
    const from = addressBytes(local.address);
    // The packets of a link-local address do not name its zone
    const to = addressBytes(splitZone(remote.address)[0]);
    this.#input.set(from, 0);
    this.#input.set(to, 16);
    const version = from.length === 4 ? 4 : 6;
    const { port } = local;
    const began = since * 1000;
    const flow = this.#wasm.expect(version, protocol, port, remote.port, one, again, began) >>> 0;
    this.#runner?.showRest();
    return flow;
  }

  /** The next expected flow that has become complete; 0 when there is none. */
  nextReady(): number {
    return this.#wasm.nextReady() >>> 0;
  }

  /** An expected flow's record, as one line of JSON. */
  record(flow: number): string {
    const line = decoder.decode(this.#output(this.#wasm.record(flow)));
    return this.#runner === null ? line : this.#runner.completeRecord(flow, line);
  }

  /** Ends the interest in an expected flow: later packets of it are passed over. */
  release(flow: number): void {
    this.#wasm.release(flow);
    this.#runner?.forget(flow);
  }

  /** What was counted so far, by name. */
  stats(): Record<string, number> {
    const view = new DataView(this.#wasm.memory.buffer, this.#wasm.statsAt());
    return Object.fromEntries(
      this.#statNames.map((name, i) => [name, Number(view.getBigUint64(i * 8, true))]),
    );
  }
}
