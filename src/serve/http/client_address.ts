import { isAddress } from "../../host/address.ts";
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

/** IPv4 in IPv6 form, as a socket of both gives it, as IPv4. */
function plain(address: string): string {
  return address.replace(/^::ffff:(?=\d+\.)/i, "");
}
