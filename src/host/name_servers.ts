import { isAddress } from "./address.ts";

const FILE = "/etc/resolv.conf";

/** Addresses of the name servers that this host asks (resolv.conf(5)), in order; none without the file. */
export function nameServers(): readonly string[] {
  let text: string;
  try {
    text = Deno.readTextFileSync(FILE);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
  return [...text.matchAll(/^\s*nameserver\s+(\S+)/gm)].map(([, server]) => server!)
    .filter(isAddress);
}
