import { interfaceIndex, isScopedAddress } from "./scoped_address.ts";
import { splitZone } from "./zone.ts";

const FILE = "/etc/resolv.conf";

/** The server to ask where the file names none. */
const LOCAL = ["127.0.0.1"];

/**
 * Addresses of the name servers that this host asks (resolv.conf(5)), in order. One that has a zone
 * keeps it; it is left out while there is no such interface.
 */
export function nameServers(): readonly string[] {
  let text: string;
  try {
    text = Deno.readTextFileSync(FILE);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return LOCAL;
    throw error;
  }
  const named = [...text.matchAll(/^\s*nameserver\s+(\S+)/gm)].map(([, server]) => server!)
    .filter((server) => isScopedAddress(server) && isThere(server));
  return named.length > 0 ? named : LOCAL;
}

function isThere(server: string): boolean {
  const [, zone] = splitZone(server);
  return zone === null || interfaceIndex(zone) !== 0;
}
