import type { Match, Middlebox, Search } from "./middlebox.ts";

/** Leads a port of the targets to another one of the same server, without any state. */
function divert({ to, from }: Match, port: number, other: number): string[] {
  return [
    `${to} tcp dport ${port} tcp dport set ${other}`,
    `${from} tcp sport ${other} tcp sport set ${port}`,
  ];
}

/** A list of protocols in a ClientHello (RFC 7301, section 3.1): of HTTP/2 and 1.1, and of 1.1 alone. */
const OFFERS_H2 = "|02|h2|08|http/1.1";
const OFFERS_NO_H2 = "|000b000908|http/1.1";

/** What asks for HTTP/2: a ClientHello, and a request to upgrade (RFC 7540, section 3.2). */
const ASKS = [[443, OFFERS_H2], [80, "Upgrade: h2c"]] as const;
/** A client that asks for HTTP/1.1 alone. */
const ASKS_NOT = [[443, OFFERS_NO_H2], [80, "Connection: close"]] as const;

function searches(
  whatFor: readonly (readonly [number, string])[],
  then: Search["then"],
): readonly Search[] {
  return whatFor.map(([port, octets]) => ({ port, octets, then }));
}

/** Servers that differ in HTTP, and middleboxes that interfere with HTTP/2 (RFC 9113). */
export const http = [
  {
    name: "with-h2c",
    block: 25,
    summary: "leads HTTP to a server that upgrades to HTTP/2",
    rules: (match) => divert(match, 80, 8080),
  },
  {
    name: "without-h2",
    block: 26,
    summary: "leads HTTPS to a server without HTTP/2",
    rules: (match) => divert(match, 443, 8443),
  },
  {
    name: "without-tls",
    block: 27,
    summary: "leads HTTPS to a server without TLS",
    rules: (match) => divert(match, 443, 8080),
  },
  {
    name: "drop-h2",
    block: 28,
    summary: "drops what asks for HTTP/2",
    rules: () => [],
    searches: searches(ASKS, "drop"),
  },
  {
    name: "reset-h2",
    block: 29,
    summary: "answers what asks for HTTP/2 with RST",
    rules: () => [],
    searches: searches(ASKS, "reset"),
  },
  {
    name: "drop-http1",
    block: 30,
    summary: "drops what asks for HTTP/1.1 only",
    rules: () => [],
    searches: searches(ASKS_NOT, "drop"),
  },
] as const satisfies readonly Middlebox[];
