import type { Endpoint } from "../contract/job.ts";
import { addressBytes, encodeSockaddr, isAddress } from "./address.ts";
import { Failure } from "./failure.ts";
import { libc } from "./libc.ts";

/** A link-local address, which is valid on one link only (RFC 4291, section 2.5.6). */
const LINK_LOCAL = /^fe[89ab][\da-f]:/i;

/** The name of an interface, or its number, as it can stand behind the `%`. */
const ZONE = /^[^\s/%:\]]{1,15}$/;

/** Where `sin6_scope_id` lies in a `sockaddr_in6`. */
const SCOPE = 24;

const encoder = new TextEncoder();

/** An address, and the zone behind its `%` (RFC 4007, section 11), null when it has none. */
export function splitZone(text: string): readonly [address: string, zone: string | null] {
  const at = text.indexOf("%");
  return at < 0 ? [text, null] : [text.slice(0, at), text.slice(at + 1)];
}

/** Whether a text is an address; a link-local one may have a zone, as in `fe80::1%eth0`. */
export function isScopedAddress(text: string): boolean {
  const [address, zone] = splitZone(text);
  return isAddress(address) && (zone === null || LINK_LOCAL.test(address) && ZONE.test(zone));
}

/** The number of the interface that a zone names, or is; 0 when there is no such interface. */
export function interfaceIndex(zone: string): number {
  const named = libc.if_nametoindex(encoder.encode(`${zone}\0`));
  if (named !== 0 || !/^\d{1,9}$/.test(zone)) return named;
  return libc.if_indextoname(Number(zone), new Uint8Array(16)) === null ? 0 : Number(zone);
}

/**
 * The `sockaddr_in` or `sockaddr_in6` of an endpoint, whose address may have a zone.
 *
 * @throws {Failure} when there is no interface of that name
 * @throws {RangeError} when it is no address
 */
export function encodeEndpoint({ address, port }: Endpoint): Uint8Array<ArrayBuffer> {
  const [plain, zone] = splitZone(address);
  const sockaddr = encodeSockaddr(addressBytes(plain), port);
  if (zone === null || sockaddr.length <= SCOPE) return sockaddr;
  const index = interfaceIndex(zone);
  if (index === 0) {
    throw new Failure(
      `there is no network interface ${zone}, which ${address} names: see \`ip link\` for those ` +
        "there are",
    );
  }
  // In the host's byte order, little-endian wherever Deno runs
  new DataView(sockaddr.buffer).setUint32(SCOPE, index, true);
  return sockaddr;
}
