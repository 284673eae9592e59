import type { Endpoint } from "../contract/job.ts";
import { splitZone, zoneFits } from "../host/zone.ts";

/** `192.0.2.1`, `192.0.2.1:53`, `[2001:db8::1]` and `[2001:db8::1]:53`; `fe80::1%eth0` for the latter. */
const SHAPE = /^(?:\[([^\]]*)\]|([\d.]+))(?::(\d{1,5}))?$/;

/**
 * Whether a text is an IP address, with a port or without; a link-local one may have a zone. A URL's
 * host is an address too, so that help need not load a library for it.
 */
export function isEndpoint(text: string): boolean {
  const [whole, six, four, port] = SHAPE.exec(text) ?? [];
  if (whole === undefined) return isSix(text);
  if (port !== undefined && (Number(port) < 1 || Number(port) > 65535)) return false;
  return six === undefined ? isFour(four!) : isSix(six);
}

/** The address and the port of a text that {@linkcode isEndpoint} takes. */
export function endpointIn(text: string, defaultPort: number): Endpoint {
  const [, six, four, port] = SHAPE.exec(text) ?? [];
  return { address: six ?? four ?? text, port: Number(port ?? defaultPort) };
}

function isFour(text: string): boolean {
  // It would also take other ways to write a number
  return URL.canParse(`http://${text}`) && new URL(`http://${text}`).hostname === text;
}

function isSix(text: string): boolean {
  const [address, zone] = splitZone(text);
  return zoneFits(address, zone) && /^[\da-f:.]+$/i.test(address) &&
    URL.canParse(`http://[${address}]`);
}
