import { addressBytesOrNull, addressText, isAddress } from "../../host/address.ts";
import type { PrefixSet } from "../../target/prefix.ts";

/** Most addresses of a forwarded request that are looked at. */
const MOST = 20;

/**
 * The address of who has made a request: of the connection, or where that is a proxy that is believed,
 * the last one in `X-Forwarded-For` that is none. What stands before it could be anybody's word.
 */
export function clientAddress(
  peer: string,
  forwardedFor: string | null,
  proxies: PrefixSet,
): string {
  let client = plain(peer);
  if (forwardedFor === null || proxies.size === 0) return client;
  const addresses = forwardedFor.split(",").slice(-MOST).map((one) => plain(one.trim()));
  while (isAddress(client) && proxies.has(client) && addresses.length > 0) {
    const before = addresses.pop()!;
    if (!isAddress(before)) break;
    client = before;
  }
  return client;
}

/** What IPv4 in IPv6 form begins with (RFC 4291, section 2.5.5.2). */
const MAPPED = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff];
/** Octets of an IPv6 address that name its network; the others are a host's to choose (section 2.5.1). */
const NETWORK = 8;

/** Whose limits an address counts for: of IPv6 the network, in which a host can take any address. */
export function networkOf(address: string): string {
  const octets = addressBytesOrNull(address);
  if (octets === null || octets.length === 4) return address;
  if (MAPPED.every((octet, at) => octets[at] === octet)) return addressText(octets.slice(12));
  return `${addressText(octets.slice().fill(0, NETWORK))}/64`;
}

/** IPv4 in IPv6 form, as a socket of both gives it, as IPv4. */
function plain(address: string): string {
  return address.replace(/^::ffff:(?=\d+\.)/i, "");
}
