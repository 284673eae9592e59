import { addressBytes, addressText } from "../../host/address.ts";

/** A prefix as routes and rules write it. */
export interface Network {
  readonly family: 4 | 6;
  /** In CIDR notation, without bits behind the prefix. */
  readonly text: string;
  readonly octets: Uint8Array;
  /** Length of the prefix. */
  readonly bits: number;
}

/** The network of a prefix, or of an address alone, whose text was checked (see `readPrefix`). */
export function networkOf(text: string): Network {
  const [address = "", length] = text.split("/");
  const octets = addressBytes(address);
  const bits = length === undefined ? octets.length * 8 : Number(length);
  const masked = octets.map((octet, at) => octet & maskAt(bits, at));
  return {
    family: octets.length === 4 ? 4 : 6,
    text: `${addressText(masked)}/${bits}`,
    octets: masked,
    bits,
  };
}

function maskAt(bits: number, at: number): number {
  return 0xff & ~(0xff >> Math.max(0, Math.min(8, bits - at * 8)));
}

/** Whether a network has an address, or another network, in it. */
export function holds(
  network: Network,
  inner: Pick<Network, "family" | "octets" | "bits">,
): boolean {
  if (network.family !== inner.family || network.bits > inner.bits) return false;
  return network.octets.every((octet, at) =>
    octet === (inner.octets[at]! & maskAt(network.bits, at))
  );
}

/** Whether two networks have an address in common. */
export function overlap(one: Network, other: Network): boolean {
  return holds(one, other) || holds(other, one);
}

/** The networks that links take theirs from: they are nobody's (RFC 6598, RFC 4193). */
export const LINK_POOLS = [
  networkOf("100.64.0.0/10"),
  networkOf("fd53:7069:6465:ff::/64"),
] as const;

/** A link has two ends, and room for the bridge that a container engine puts in between. */
const LENGTHS = { 4: 29, 6: 80 } as const;
const ADDRESSES = 8;

/** One end's address on a link. */
export interface LinkEndAddress {
  readonly family: 4 | 6;
  readonly address: string;
  /** Length of the link's prefix. */
  readonly bits: number;
}

/** The number of the bridge in between, as that of an end. */
export const BRIDGE = 5;

/** The addresses of an end of a link, 0 or 1, by the link's number from 0. */
export function linkAddresses(link: number, end: number, ipv6: boolean): LinkEndAddress[] {
  const four = 0x6440_0000 + link * ADDRESSES + 1 + end;
  const address = [24, 16, 8, 0].map((shift) => four >>> shift & 255).join(".");
  const of4: LinkEndAddress = { family: 4, address, bits: LENGTHS[4] };
  if (!ipv6) return [of4];
  const six = `fd53:7069:6465:ff:${link.toString(16)}::${1 + end}`;
  return [of4, { family: 6, address: addressText(addressBytes(six)), bits: LENGTHS[6] }];
}
