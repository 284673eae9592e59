import { randomInt } from "node:crypto";
import { run } from "./run.ts";

/** A block of addresses that no host of the Internet can have, since they are for documentation. */
export interface DocumentationBlock {
  readonly version: 4 | 6;
  readonly prefix: string;
  /** The RFC that reserves it. */
  readonly source: "RFC 5737" | "RFC 3849";
  /** What the text of each of its addresses begins with. */
  readonly begin: string;
}

const BLOCKS: readonly DocumentationBlock[] = [
  { version: 4, prefix: "192.0.2.0/24", source: "RFC 5737", begin: "192.0.2." },
  { version: 4, prefix: "198.51.100.0/24", source: "RFC 5737", begin: "198.51.100." },
  { version: 4, prefix: "203.0.113.0/24", source: "RFC 5737", begin: "203.0.113." },
  { version: 6, prefix: "2001:db8::/32", source: "RFC 3849", begin: "2001:db8:" },
];

/**
 * The blocks of an IP version that packets from here would take to the Internet: those that no route
 * is made for, as it is where people use them for networks of their own.
 */
export function documentationBlocks(version: 4 | 6): DocumentationBlock[] {
  return BLOCKS.filter((block) => block.version === version && !isRouted(block));
}

/** Any address of a block, as text in its usual form. */
export function addressIn({ version, begin }: DocumentationBlock): string {
  if (version === 4) return begin + randomInt(1, 255);
  // No group of zero, which would be written otherwise
  return begin + Array.from({ length: 6 }, () => randomInt(1, 0x1_0000).toString(16)).join(":");
}

/** Whether some table has a route to the block or a part of it, even one that sends nothing. */
function isRouted({ version, prefix }: DocumentationBlock): boolean {
  return run("ip", [`-${version}`, "route", "show", "table", "all", "root", prefix]).trim() !== "";
}
