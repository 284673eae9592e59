import { isAddress } from "./address.ts";

const FILE = "/etc/resolv.conf";

/** What is asked where the file names none. */
const LOCAL = ["127.0.0.1"];

/** Addresses of the name servers that this host asks (resolv.conf(5)), in order. */
export function nameServers(): readonly string[] {
  let text: string;
  try {
    text = Deno.readTextFileSync(FILE);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return LOCAL;
    throw error;
  }
  const named = [...text.matchAll(/^\s*nameserver\s+(\S+)/gm)].map(([, server]) => server!)
    .filter(isAddress);
  return named.length > 0 ? named : LOCAL;
}
