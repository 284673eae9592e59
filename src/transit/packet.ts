import type { ClientHello, TransitDirection, TransitPacket } from "../contract/middlebox.ts";
import { addressText } from "../host/address.ts";
import { instantiate, type WasmExports } from "../host/wasm.ts";
import { readClientHello } from "./client_hello.ts";

/** Numbers of the words that the wasm module notes of a packet (wasm/assembly/transit/packet.ts). */
const FIELD = {
  version: 0,
  protocol: 1,
  transport: 2,
  payload: 3,
  octets: 4,
  fragment: 5,
  tcpFlags: 6,
  trafficClass: 7,
  sourcePort: 8,
  destinationPort: 9,
  source: 10,
  destination: 11,
} as const;
const FIELDS = 12;

/** Octets of the header of an ICMP message. */
const ICMP_HEADER = 8;
/** Octets of the quoted packet, to which it is cut or filled up, before extensions (RFC 4884, section 4). */
const QUOTED = 128;
/** Errors that may have extensions, and where and in which units they say how much is quoted. */
const ICMP = {
  4: { protocol: 1, errors: [3, 11, 12], lengthAt: 5, unit: 4 },
  6: { protocol: 58, errors: [1, 3], lengthAt: 4, unit: 8 },
} satisfies Record<4 | 6, Readonly<Record<string, number | readonly number[]>>>;
const TCP = 6;
const UDP = 17;
/** Where the checksum stands in the header of a transport, by its protocol number. */
const CHECKSUM_AT: ReadonlyMap<number, number> = new Map([
  [TCP, 16],
  [UDP, 6],
  [ICMP[4].protocol, 2],
  [ICMP[6].protocol, 2],
]);
/** Where IPv4 has its flags, and the reserved one of them (RFC 791, section 3.1). */
const FLAGS_AT = 6;
const RESERVED = 0x80;

/** A packet in the memory of the wasm module, which reads and rewrites it: one at a time. */
export class LoadedPacket implements TransitPacket {
  readonly #wasm: WasmExports = instantiate();
  readonly #at = this.#wasm.transitAt();
  /** From the packet's start on, with room behind it. */
  readonly #octets = new Uint8Array(this.#wasm.memory.buffer, this.#at);
  readonly #fields = new Uint32Array(
    this.#wasm.memory.buffer,
    this.#wasm.transitFieldsAt(),
    FIELDS,
  );
  direction: TransitDirection = "forward";

  /** Takes a packet up; false when its headers cannot be read. */
  load(octets: Uint8Array): boolean {
    this.#octets.set(octets);
    this.#wasm.transitBegin();
    return this.#wasm.transitRead(octets.length);
  }

  /** What it has become, lent until the next one; null when nothing was changed. */
  finish(): Uint8Array | null {
    const octets = this.#wasm.transitFinish();
    return octets === 0 ? null : this.#octets.subarray(0, octets);
  }

  get version(): 4 | 6 {
    return this.#fields[FIELD.version] as 4 | 6;
  }

  get protocol(): number {
    return this.#fields[FIELD.protocol]!;
  }

  get octets(): number {
    return this.#fields[FIELD.octets]!;
  }

  get isFragment(): boolean {
    return this.#fields[FIELD.fragment] === 1;
  }

  get sourcePort(): number {
    return this.#fields[FIELD.sourcePort]!;
  }

  get destinationPort(): number {
    return this.#fields[FIELD.destinationPort]!;
  }

  /** The octets of an address, lent. */
  address(end: "source" | "destination"): Uint8Array {
    const at = this.#fields[FIELD[end]]!;
    return this.#octets.subarray(at, at + (this.version === 4 ? 4 : 16));
  }

  get source(): string {
    return addressText(this.address("source"));
  }

  get destination(): string {
    return addressText(this.address("destination"));
  }

  get flow(): string {
    const ends = [
      `${this.source} ${this.sourcePort}`,
      `${this.destination} ${this.destinationPort}`,
    ];
    return `${this.protocol} ${ends.sort().join(" ")}`;
  }

  get ecn(): number {
    return this.#fields[FIELD.trafficClass]! & 3;
  }

  set ecn(value: number) {
    this.#wasm.transitTrafficClass(this.#fields[FIELD.trafficClass]! & 0xfc | value & 3);
  }

  get dscp(): number {
    return this.#fields[FIELD.trafficClass]! >> 2;
  }

  set dscp(value: number) {
    this.#wasm.transitTrafficClass((value & 63) << 2 | this.ecn);
  }

  get tcpFlags(): number {
    return this.#fields[FIELD.tcpFlags]!;
  }

  set tcpFlags(flags: number) {
    this.#wasm.transitTcpFlags(flags);
  }

  get reserved(): boolean {
    return this.version === 4 && (this.#octets[FLAGS_AT]! & RESERVED) !== 0;
  }

  set reserved(value: boolean) {
    if (this.version !== 4 || value === this.reserved) return;
    this.#wasm.transitChange();
    this.#octets[FLAGS_AT]! ^= RESERVED;
  }

  get checksum(): number {
    const at = this.#fields[FIELD.transport]!;
    const offset = CHECKSUM_AT.get(this.protocol);
    if (at === 0 || offset === undefined || this.isFragment) return 0;
    return this.#octets[at + offset]! << 8 | this.#octets[at + offset + 1]!;
  }

  get payloadLength(): number {
    const at = this.#fields[FIELD.payload]!;
    return at === 0 ? 0 : Math.max(0, this.octets - at);
  }

  payload(): Uint8Array {
    const at = this.#fields[FIELD.payload]!;
    return this.#octets.slice(at, at + this.payloadLength);
  }

  writePayload(offset: number, octets: Uint8Array): boolean {
    if (offset < 0 || offset + octets.length > this.payloadLength) return false;
    this.#wasm.transitChange();
    this.#octets.set(octets, this.#fields[FIELD.payload]! + offset);
    return true;
  }

  option(kind: number): Uint8Array | null {
    const at = this.#wasm.transitOption(kind);
    return at === 0 ? null : this.#octets.slice(at, at + this.#octets[at + 1]!);
  }

  removeOption(kind: number): void {
    this.#wasm.transitRemoveOption(kind);
  }

  blankOption(kind: number): void {
    this.#wasm.transitBlankOption(kind);
  }

  addOption(option: Uint8Array): boolean {
    if (option.length > 40) return false;
    this.#octets.set(option, this.octets);
    return this.#wasm.transitAddOption(option.length) !== 0;
  }

  addIcmpExtension(classNumber: number, type: number, object: Uint8Array): boolean {
    const at = this.#fields[FIELD.transport]!;
    const version = this.version;
    const { protocol, errors, lengthAt, unit } = ICMP[version];
    const octets = this.#octets;
    if (this.protocol !== protocol || at === 0 || this.isFragment) return false;
    if (!errors.includes(octets[at]!) || octets[at + lengthAt] !== 0) return false;
    const end = at + ICMP_HEADER + QUOTED;
    const extension = icmpExtension(classNumber, type, object);
    this.#wasm.transitChange();
    octets.fill(0, Math.min(this.octets, end), end);
    octets.set(extension, end);
    octets[at + lengthAt] = QUOTED / unit;
    this.#wasm.transitResize(end + extension.length);
    return true;
  }

  extensions(): readonly number[] {
    if (this.version === 4) return [];
    const table = new Uint32Array(
      this.#wasm.memory.buffer,
      this.#wasm.extensionsAt(),
      this.#wasm.extensions() * 2,
    );
    return Array.from({ length: table.length / 2 }, (_, at) => table[at * 2 + 1]! & 0xff);
  }

  clientHello(): ClientHello | null {
    if (this.protocol !== TCP || this.payloadLength === 0) return null;
    const at = this.#fields[FIELD.payload]!;
    return readClientHello(this.#octets.subarray(at, at + this.payloadLength));
  }
}

/** An extension structure with one object (RFC 4884, section 7). */
function icmpExtension(classNumber: number, type: number, object: Uint8Array): Uint8Array {
  const octets = new Uint8Array(8 + object.length);
  const view = new DataView(octets.buffer);
  view.setUint8(0, 2 << 4);
  view.setUint16(4, 4 + object.length);
  octets.set([classNumber, type], 6);
  octets.set(object, 8);
  let sum = 0;
  for (let at = 0; at < octets.length; at += 2) sum += octets[at]! << 8 | (octets[at + 1] ?? 0);
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >> 16);
  view.setUint16(2, ~sum & 0xffff);
  return octets;
}
