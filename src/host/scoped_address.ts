import type { Endpoint } from "../contract/job.ts";
import { addressBytes, encodeSockaddr, isAddress } from "./address.ts";
import { libc } from "./libc.ts";
import { noInterface } from "./missing.ts";
import { splitZone, zoneFits } from "./zone.ts";

/** Where `sin6_scope_id` lies in a `sockaddr_in6`. */
const SCOPE = 24;

const encoder = new TextEncoder();

/** Whether a text is an address; a link-local one may have a zone, as in `fe80::1%eth0`. */
export function isScopedAddress(text: string): boolean {
  const [address, zone] = splitZone(text);
  return isAddress(address) && zoneFits(address, zone);
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
  if (index === 0) throw noInterface(`${zone}, which ${address} names`);
  // In the host's byte order, little-endian wherever Deno runs
  new DataView(sockaddr.buffer).setUint32(SCOPE, index, true);
  return sockaddr;
}
