import { randomInt } from "node:crypto";
import { addressBytes } from "./address.ts";
import { Failure } from "./failure.ts";
import { dumpRoutes, EVERY_TABLE, RTA } from "./netlink/route.ts";
import { NETLINK, withNetlink } from "./netlink/socket.ts";

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
 * The blocks of an IP version that packets from here would take to the Internet: those that no table has
 * a route to, or to a part of them, even one that sends nothing, as it has where people use them for
 * networks of their own.
 */
export function documentationBlocks(version: 4 | 6): DocumentationBlock[] {
  const blocks = BLOCKS.filter((block) => block.version === version).map(withBits);
  const routed = withNetlink(
    NETLINK.route,
    (socket) =>
      dumpRoutes(socket, version, EVERY_TABLE, ({ length, attributes }) => {
        const octets = attributes.get(RTA.destination);
        if (octets === undefined) return null;
        return blocks.find((block) => length >= block.bits && begins(octets, block))?.block ?? null;
      }),
  );
  if (routed.errno !== 0) throw new Failure(`cannot read the routes: ${routed.why}`);
  return blocks.map(({ block }) => block).filter((block) => !routed.entries.includes(block));
}

/** Any address of a block, as text in its usual form. */
export function addressIn({ version, begin }: DocumentationBlock): string {
  if (version === 4) return begin + randomInt(1, 255);
  // No group of zero, which would be written otherwise
  return begin + Array.from({ length: 6 }, () => randomInt(1, 0x1_0000).toString(16)).join(":");
}

/** A block with the bits that its addresses begin with. */
interface BlockBits {
  readonly block: DocumentationBlock;
  readonly octets: Uint8Array;
  /** How many of them, a multiple of 8. */
  readonly bits: number;
}

function withBits(block: DocumentationBlock): BlockBits {
  const [address = "", bits] = block.prefix.split("/");
  return { block, octets: addressBytes(address), bits: Number(bits) };
}

function begins(octets: Uint8Array, block: BlockBits): boolean {
  return octets.subarray(0, block.bits / 8).every((octet, at) => octet === block.octets[at]);
}
