import { domainToASCII } from "node:url";
import type { Endpoint } from "../../contract/job.ts";
import type { ArmOptionsOf } from "../connection_type.ts";
import config from "../../../deno.json" with { type: "json" };

/** Our User-Agent (RFC 9110, section 10.1.5). */
export const USER_AGENT = `spider/${config.version}`;

/** What arms may ask of HTTP. */
export const HTTP_OPTIONS: ArmOptionsOf<"http"> = {
  member: "http",
  summary: "what is asked of HTTP",
  values: {
    version: {
      type: "string",
      choices: ["1.1", "2"],
      summary: "the version of HTTP to ask for",
    },
  },
};

/** After how many octets of a head without end, or of a body, no more are read. */
export const LIMIT = 64 * 1024;

/**
 * Host, and port where it is not the protocol's own, as they stand in a URL (RFC 3986, section
 * 3.2). A name stands as in the DNS (RFC 5890); one that has no such form stays as it is, for the
 * server to refuse.
 */
export function authority(
  { address, port }: Endpoint,
  domain: string | undefined,
  defaultPort: number,
): string {
  const host = domain === undefined ? literal(address) : domainToASCII(domain) || domain;
  return port === defaultPort ? host : `${host}:${port}`;
}

/** An address as the host of a URL. */
export function literal(address: string): string {
  return address.includes(":") ? `[${address}]` : address;
}
