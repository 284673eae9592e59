import { PacketBuilder } from "../../connect/transport/packet_builder.ts";
import type { PacketSpec } from "../../contract/packet.ts";
import { addressText } from "../../host/address.ts";
import { IPPROTO_TCP } from "../../host/ip_protocol.ts";
import type { Arrived } from "./arrived.ts";

const FIN = 0x01;
const SYN = 0x02;
const RST = 0x04;
const ACK = 0x10;

/** Octets that Linux quotes at most in an ICMP error, all headers counted (RFC 1812, RFC 4443). */
const LONGEST_ERROR = { 4: 576, 6: 1280 } as const;
/** Octets of the headers of such an error. */
const ERROR_HEADERS = { 4: 28, 6: 48 } as const;

/** Type and code of ICMP errors. */
const ERRORS = {
  "port unreachable": { 4: [3, 3], 6: [1, 4] },
  "prohibited": { 4: [3, 13], 6: [1, 1] },
} as const;

/** An ICMP error that says so. */
export type ErrorName = keyof typeof ERRORS;

let builder: PacketBuilder | undefined;

/** The octets of a packet. */
export function octetsOf(spec: PacketSpec): Uint8Array<ArrayBuffer> {
  return (builder ??= new PacketBuilder()).build(spec).octets.slice();
}

/** The addresses of a packet as texts. */
export function addressesOf(
  { octets, version }: Pick<Arrived, "octets" | "version">,
): { readonly source: string; readonly destination: string } {
  const [at, length] = version === 4 ? [12, 4] : [8, 16];
  return {
    source: addressText(octets.subarray(at, at + length)),
    destination: addressText(octets.subarray(at + length, at + 2 * length)),
  };
}

/** The RST that answers a segment for which there is no connection (RFC 9293, section 3.10.7.1); null for what has none. */
export function resetFor(segment: Arrived): Uint8Array<ArrayBuffer> | null {
  const { protocol, flags, sequence, acknowledgment, payload } = segment;
  if (protocol !== IPPROTO_TCP || (flags & RST) !== 0) return null;
  const { source, destination } = addressesOf(segment);
  const length = payload.length + (flags & SYN ? 1 : 0) + (flags & FIN ? 1 : 0);
  const numbers = flags & ACK
    ? { flags: RST, sequence: acknowledgment }
    : { flags: RST | ACK, acknowledgment: sequence + length >>> 0 };
  return octetsOf({
    ip: { source: destination, destination: source },
    transport: {
      kind: "tcp",
      sourcePort: segment.destinationPort,
      destinationPort: segment.sourcePort,
      ...numbers,
    },
  });
}

/** An ICMP error about a packet, from an address. */
export function errorAbout(
  packet: Arrived,
  name: ErrorName,
  from: string,
): Uint8Array<ArrayBuffer> {
  const { version, octets } = packet;
  const [type, code] = ERRORS[name][version];
  return octetsOf({
    ip: { source: from, destination: addressesOf(packet).source },
    transport: { kind: "icmp", type, code },
    payload: octets.subarray(0, LONGEST_ERROR[version] - ERROR_HEADERS[version]),
  });
}
