import type { IpSpec, PacketSpec, TcpOptionSpec } from "../../contract/packet.ts";
import { addressBytesOrNull } from "../../host/address.ts";
import { Failure } from "../../host/failure.ts";

/** Most octets of a packet: of all of it with IPv4, behind the header with IPv6. */
const LONGEST = 0xffff;
/** Most octets of TCP options that a data offset can express. */
const OPTIONS = 40;
const OCTET = 255;
const NONE = new Uint8Array();

function cannot(problem: string): Failure {
  return new Failure(`the packet cannot be forged: ${problem}`);
}

/**
 * A field's value, or what it is when missing; a field without such a value may not be missing.
 *
 * @throws {Failure} that names the field when the value does not fit
 */
export function whole(
  field: string,
  value: number | undefined,
  most: number,
  missing?: number,
): number {
  if (value === undefined && missing !== undefined) return missing;
  if (Number.isInteger(value) && value! >= 0 && value! <= most) return value!;
  throw cannot(`${field} is ${value}, not a whole number from 0 to ${most}`);
}

/** The octets of the two addresses, 4 or 16 each. Throws a {@linkcode Failure} that names the field. */
export function addresses({ source, destination }: IpSpec): readonly [Uint8Array, Uint8Array] {
  const [from, to] = [address("ip.source", source), address("ip.destination", destination)];
  if (from.length === to.length) return [from, to];
  throw cannot(`ip.source ${source} and ip.destination ${destination} are of different families`);
}

function address(field: string, text: string): Uint8Array {
  const bytes = typeof text === "string" ? addressBytesOrNull(text) : null;
  if (bytes !== null) return bytes;
  throw cannot(`${field} is ${JSON.stringify(text)}, not an IP address`);
}

/**
 * Refuses fields that this IP version's header does not have, rather than silently dropping them.
 */
export function checkVersion(ip: IpSpec, version: 4 | 6): void {
  if (version === 4) {
    if (ip.flowLabel !== undefined) throw cannot("ip.flowLabel is set, which IPv4 does not have");
    return;
  }
  const { identification, dontFragment, reserved } = ip;
  const set = Object.entries({ identification, dontFragment, reserved: reserved || undefined })
    .find(([, value]) => value !== undefined);
  if (set !== undefined) throw cannot(`ip.${set[0]} is set, which IPv6 does not have`);
}

/** What follows the transport header; throws a {@linkcode Failure} when it is too much, with `headers` octets before it. */
export function payloadOf({ payload }: PacketSpec, headers: number): Uint8Array {
  if (headers > LONGEST) throw cannot("tcp.options are longer than any packet");
  if (payload === undefined) return NONE;
  if (!(payload instanceof Uint8Array)) throw cannot("payload is not a Uint8Array");
  if (headers + payload.length <= LONGEST) return payload;
  throw cannot(`payload has ${payload.length} octets, and ${LONGEST - headers} is the most here`);
}

/**
 * TCP options as they stand in the header, with zeros (end of options) up to a whole word.
 *
 * @param free whether a data offset is given, so that it need not be right for them
 */
export function tcpOptions(options: readonly TcpOptionSpec[], free: boolean): readonly number[] {
  const octets: number[] = [];
  for (let at = 0; at < options.length; at++) putOption(octets, options[at]!, at);
  while (octets.length % 4 !== 0) octets.push(0);
  if (!free && octets.length > OPTIONS) {
    throw cannot(`tcp.options take ${octets.length} octets, and ${OPTIONS} is the most`);
  }
  return octets;
}

/** Puts the option that has a place in the list behind some octets. */
function putOption(octets: number[], { kind, data, length }: TcpOptionSpec, at: number): void {
  // Names of fields are made where they are needed: this runs for every probe
  if (!isOctet(kind)) whole(`tcp.options[${at}].kind`, kind, OCTET);
  octets.push(kind);
  if (kind < 2) {
    if (data === undefined && length === undefined) return;
    throw cannot(`tcp.options[${at}] has more than a kind, which kinds 0 and 1 do not have`);
  }
  if (data !== undefined && !(data instanceof Uint8Array)) {
    throw cannot(`tcp.options[${at}].data is not a Uint8Array`);
  }
  const right = 2 + (data?.length ?? 0);
  if (right > OCTET && length === undefined) {
    throw cannot(`tcp.options[${at}].data has ${right - 2} octets, and 253 is the most`);
  }
  octets.push(length === undefined ? right : whole(`tcp.options[${at}].length`, length, OCTET));
  if (data === undefined) return;
  for (let i = 0; i < data.length; i++) octets.push(data[i]!);
}

function isOctet(value: unknown): boolean {
  return Number.isInteger(value) && (value as number) >= 0 && (value as number) <= OCTET;
}

/** Throws for an unknown kind of transport. */
export function unknownTransport(transport: { readonly kind?: unknown }): never {
  throw cannot(`transport.kind is ${transport.kind}, not tcp, udp, icmp or other`);
}
