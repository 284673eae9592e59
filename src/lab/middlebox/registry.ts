import { anyPacket } from "./any.ts";
import { dscp } from "./dscp.ts";
import { ecn } from "./ecn.ts";
import { evil } from "./evil.ts";
import type { Middlebox } from "./middlebox.ts";
import { mss } from "./mss.ts";
import { tfo } from "./tfo.ts";

/** Every kind of middlebox. The position in this list decides which targets lie behind it. */
export const MIDDLEBOXES = [...anyPacket, ...ecn, ...dscp, ...mss, ...tfo, ...evil] as const;

/** The name of a kind of middlebox. */
export type MiddleboxName = typeof MIDDLEBOXES[number]["name"];

/** The targets behind one middlebox, in one family. */
export interface Block {
  /** In CIDR notation. */
  readonly prefix: string;
  /** How many addresses `at` can give. */
  readonly size: number;
  /** One of the addresses, from 0. */
  at(index: number): string;
}

/**
 * Which targets lie behind a middlebox: a /24 of 10.20.0.0/17 and a /112 of the IPv6 targets. The
 * first kind, the transparent one, has the other half of the IPv4 targets to itself.
 */
export function block(name: MiddleboxName, family: 4 | 6): Block {
  const number = MIDDLEBOXES.findIndex((box) => box.name === name) + 1;
  if (family === 6) {
    const start = `fd53:7069:6465:20::${number.toString(16)}`;
    return {
      prefix: `${start}:0/112`,
      size: 65_535,
      at: (index) => `${start}:${(index + 1).toString(16)}`,
    };
  }
  if (number === 1) {
    return { prefix: "10.20.128.0/17", size: 32_512, at: (index) => spread(128, index) };
  }
  return { prefix: `10.20.${number}.0/24`, size: 254, at: (index) => spread(number, index) };
}

/** Counts through the /24s from one on, leaving out the addresses that end with 0 and 255. */
function spread(third: number, index: number): string {
  return `10.20.${third + Math.floor(index / 254)}.${index % 254 + 1}`;
}

/** The nftables script that puts every middlebox on a router. */
export function ruleset(): string {
  const rules = MIDDLEBOXES.flatMap((box: Middlebox) =>
    ([[4, "ip"], [6, "ip6"]] as const).flatMap(([family, ip]) => {
      const { prefix } = block(box.name as MiddleboxName, family);
      return box.rules({ ip, to: `${ip} daddr ${prefix}`, from: `${ip} saddr ${prefix}` });
    })
  );
  return `table inet spider {
  chain middleboxes {
    type filter hook forward priority mangle
    ${rules.join("\n    ")}
  }
}
`;
}
