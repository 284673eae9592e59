import { addressProblem } from "./address.ts";
import { quote } from "./quote.ts";

/** A target's place as written in its line; the port is still text. */
export type TargetLocation =
  | { readonly dip: string; readonly dp?: string }
  | { readonly domain: string; readonly dp?: string };

/** `1.2.3.4:80`, `[2001:db8::1]:80`, or an IPv6 address in brackets alone. */
const WITH_PORT = /^(?:\[([^\]]*)\](?::(.*))?|([\d.]*):([^:]*))$/;

/** A name, with or without a port. */
const NAME = /^((?=.*\p{L})[\p{L}\d_-]+(?:\.[\p{L}\d_-]+)*\.?)(?::(\d+))?$/u;

/** The host and port of a URL, behind a user's name if there is one (RFC 3986, section 3.2). */
const URL_PARTS = /^([a-z][a-z\d+.-]*):\/\/(?:[^@/?#\\]*@)?([^@/?#\\]*)/i;

/** The ports of schemes that targets are measured with (RFC 9110, section 4.2). */
const PORTS: Readonly<Record<string, string>> = { http: "80", https: "443" };

/**
 * Reads an address or a name, with or without a port, or a URL, whose host and port they are. The
 * runtime's own `URL` is not suitable: it also takes `0x7f.1` for an address.
 *
 * @returns the place, whose name and port are still to be checked, or the problem with it
 */
export function readHostAndPort(text: string): TargetLocation | string {
  const [url, scheme, host] = URL_PARTS.exec(text) ?? [];
  if (url === undefined) return splitHostAndPort(text);
  const port = PORTS[scheme!.toLowerCase()];
  if (port === undefined) return `${quote(text)} is a URL of neither http nor https`;
  if (host === "") return `${quote(text)} is a URL without a host`;
  const place = splitHostAndPort(host!);
  if (typeof place === "string") return `${place}, in a URL`;
  return { dp: port, ...place };
}

function splitHostAndPort(text: string): TargetLocation | string {
  const [, domain, port] = NAME.exec(text) ?? [];
  // An IPv6 address may look like a name with a port
  if (domain !== undefined && addressProblem(text) !== null) {
    return port === undefined ? { domain } : { domain, dp: port };
  }
  const [whole, bracketed, bracketedPort, plain, plainPort] = WITH_PORT.exec(text) ?? [];
  const dip = whole === undefined ? text : bracketed ?? plain!;
  const dp = bracketedPort ?? plainPort;
  return addressProblem(dip) ?? (dp === undefined ? { dip } : { dip, dp });
}
