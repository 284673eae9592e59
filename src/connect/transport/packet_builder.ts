import type { IcmpSpec, IpSpec, PacketSpec, TcpSpec, UdpSpec } from "../../contract/packet.ts";
import { Failure } from "../../host/failure.ts";
import { IPPROTO_ICMP, IPPROTO_ICMPV6, IPPROTO_TCP, IPPROTO_UDP } from "../../host/ip_protocol.ts";
import { instantiate } from "../../host/wasm.ts";
import {
  addresses,
  checkVersion,
  payloadOf,
  tcpOptions,
  unknownTransport,
  whole,
} from "./packet_check.ts";

const U8 = 0xff;
const TCP_FLAGS = 0x1ff;
const U16 = 0xffff;
const U32 = 0xffff_ffff;

/** Flags and fragment offset of IPv4 (RFC 791, section 3.1). */
const RESERVED = 0x8000;
const DONT_FRAGMENT = 0x4000;

/** Tells the builder to fill in the right checksum. */
const RIGHT = -1;

const TCP_HEADER = 20;
/** Octets of a UDP or ICMP header. */
const HEADER = 8;

/** The protocol number in a packet's IP header. */
export function protocolOf({ transport, ip }: PacketSpec): number {
  switch (transport.kind) {
    case "tcp":
      return IPPROTO_TCP;
    case "udp":
      return IPPROTO_UDP;
    case "icmp":
      return ip.source.includes(":") ? IPPROTO_ICMPV6 : IPPROTO_ICMP;
    case "other":
      return whole("transport.protocol", transport.protocol, U8);
    default:
      return unknownTransport(transport);
  }
}

/** A packet's octets, and where they go. */
export interface Built {
  /** Lent until the next packet is built. */
  readonly octets: Uint8Array<ArrayBuffer>;
  readonly version: 4 | 6;
  /** The destination, 4 or 16 octets. */
  readonly destination: Uint8Array;
}

/** Builds packets from their specifications, in the memory of a wasm instance of its own. */
export class PacketBuilder {
  readonly #wasm = instantiate();
  readonly #at: number;
  readonly #addresses: number;
  readonly #memory: Uint8Array<ArrayBuffer>;

  constructor() {
    this.#at = this.#wasm.forgeAt() >>> 0;
    this.#addresses = this.#wasm.forgeAddresses() >>> 0;
    if (this.#at === 0 || this.#addresses === 0) {
      throw new Failure("out of memory: no packet can be built");
    }
    this.#memory = new Uint8Array(this.#wasm.memory.buffer as ArrayBuffer);
  }

  /**
   * Builds a packet.
   *
   * @throws {Failure} that names the field which does not fit
   */
  build(spec: PacketSpec): Built {
    const { ip } = spec;
    const [source, destination] = addresses(ip);
    const version = source.length === 4 ? 4 : 6;
    checkVersion(ip, version);
    this.#memory.set(source, this.#addresses);
    this.#memory.set(destination, this.#addresses + 16);
    const transport = this.#transport(spec, version);
    const length = version === 4
      ? this.#ipv4(ip, protocolOf(spec), transport)
      : this.#ipv6(ip, protocolOf(spec), transport);
    return { octets: this.#memory.subarray(this.#at, this.#at + length), version, destination };
  }

  #ipv4(ip: IpSpec, protocol: number, transport: number): number {
    const flags = (ip.reserved ? RESERVED : 0) | (ip.dontFragment ?? true ? DONT_FRAGMENT : 0);
    const id = whole("ip.identification", ip.identification, U16, 0);
    return this.#wasm.forgeIpv4(protocol, trafficClass(ip), id, flags, ttlOf(ip), transport);
  }

  #ipv6(ip: IpSpec, protocol: number, transport: number): number {
    const label = whole("ip.flowLabel", ip.flowLabel, 0xfffff, 0);
    return this.#wasm.forgeIpv6(protocol, trafficClass(ip), label, ttlOf(ip), transport);
  }

  #transport(spec: PacketSpec, version: 4 | 6): number {
    const { transport } = spec;
    switch (transport.kind) {
      case "tcp":
        return this.#tcp(spec, transport, version);
      case "udp":
        return this.#udp(spec, transport, version);
      case "icmp":
        return this.#icmp(spec, transport, version);
      case "other":
        return this.#payload(spec, version, 0);
      default:
        return unknownTransport(transport);
    }
  }

  #tcp(spec: PacketSpec, tcp: TcpSpec, version: 4 | 6): number {
    const options = tcpOptions(tcp.options ?? [], tcp.dataOffset !== undefined);
    const header = TCP_HEADER + options.length;
    const payload = this.#payload(spec, version, header, options);
    const offset = whole("tcp.dataOffset", tcp.dataOffset, 15, header / 4);
    return this.#wasm.forgeTcp(
      version,
      whole("tcp.sourcePort", tcp.sourcePort, U16),
      whole("tcp.destinationPort", tcp.destinationPort, U16),
      whole("tcp.sequence", tcp.sequence, U32, 0),
      whole("tcp.acknowledgment", tcp.acknowledgment, U32, 0),
      offset << 12 | whole("tcp.reserved", tcp.reserved, 15, 0) << 8 |
        whole("tcp.flags", tcp.flags, TCP_FLAGS),
      whole("tcp.window", tcp.window, U16, 0),
      whole("tcp.urgent", tcp.urgent, U16, 0),
      whole("tcp.checksum", tcp.checksum, U16, RIGHT),
      options.length + payload,
    );
  }

  #udp(spec: PacketSpec, udp: UdpSpec, version: 4 | 6): number {
    const payload = this.#payload(spec, version, HEADER);
    return this.#wasm.forgeUdp(
      version,
      whole("udp.sourcePort", udp.sourcePort, U16),
      whole("udp.destinationPort", udp.destinationPort, U16),
      whole("udp.length", udp.length, U16, HEADER + payload),
      whole("udp.checksum", udp.checksum, U16, RIGHT),
      payload,
    );
  }

  #icmp(spec: PacketSpec, icmp: IcmpSpec, version: 4 | 6): number {
    const payload = this.#payload(spec, version, HEADER);
    return this.#wasm.forgeIcmp(
      version,
      whole("icmp.type", icmp.type, U8),
      whole("icmp.code", icmp.code, U8),
      whole("icmp.rest", icmp.rest, U32, 0),
      whole("icmp.checksum", icmp.checksum, U16, RIGHT),
      payload,
    );
  }

  /** Puts options and payload where they go, behind a transport header; octets of the payload. */
  #payload(
    spec: PacketSpec,
    version: 4 | 6,
    header: number,
    options: readonly number[] = [],
  ): number {
    const ip = version === 4 ? 20 : 40;
    const payload = payloadOf(spec, (version === 4 ? ip : 0) + header);
    this.#memory.set(options, this.#at + ip + header - options.length);
    this.#memory.set(payload, this.#at + ip + header);
    return payload.length;
  }
}

/** The octet that has DSCP and ECN. */
function trafficClass(ip: IpSpec): number {
  return whole("ip.dscp", ip.dscp, 63, 0) << 2 | whole("ip.ecn", ip.ecn, 3, 0);
}

function ttlOf(ip: IpSpec): number {
  return whole("ip.ttl", ip.ttl, U8, 64);
}
