import type { Peer, TestedAddress } from "../../../src/mod.ts";

/** The URL of a path at an address. */
export function urlOf({ address, port }: TestedAddress | Peer, path: string): string {
  const host = address.includes(":") ? `[${address}]` : address;
  return `${port.tls ? "https" : "http"}://${host}:${port.port}${path}`;
}
