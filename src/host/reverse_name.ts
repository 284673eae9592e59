import { addressBytes } from "./address.ts";

/** Names of hosts (RFC 1123, section 2.1): whoever has the address may have put anything there. */
const HOST_NAME =
  /^(?=.{1,253}$)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*$/i;

/**
 * The name of an address as DNS has it, without a dot at its end; null where it has none, or none that
 * could be found out.
 */
export async function reverseName(
  address: string,
  question: {
    readonly signal?: AbortSignal;
    /** The name server to ask; those of this host when missing. */
    readonly nameServer?: { readonly ipAddr: string; readonly port: number };
  } = {},
): Promise<string | null> {
  let names: string[];
  try {
    names = await Deno.resolveDns(reverseDomain(address), "PTR", question);
  } catch {
    return null; // a name server's refusal, silence or nonsense: nobody else finds a name there either
  }
  const name = names[0]?.replace(/\.$/, "") ?? "";
  return HOST_NAME.test(name) ? name : null;
}

/** Where DNS has the name of an address (RFC 1035, section 3.5; RFC 3596, section 2.5). */
export function reverseDomain(address: string): string {
  const bytes = addressBytes(address);
  if (bytes.length === 4) return `${bytes.toReversed().join(".")}.in-addr.arpa`;
  const nibbles = [...bytes].flatMap((byte) => [byte >> 4, byte & 15]);
  return `${nibbles.reverse().map((nibble) => nibble.toString(16)).join(".")}.ip6.arpa`;
}
