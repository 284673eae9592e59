import { anyPacket } from "./any.ts";
import { dscp } from "./dscp.ts";
import { ecn } from "./ecn.ts";
import { evil } from "./evil.ts";
import { http } from "./http.ts";
import type { Middlebox } from "./middlebox.ts";
import { mss } from "./mss.ts";
import { tcpOption } from "./tcp_option.ts";
import { tfo } from "./tfo.ts";
import { udp } from "./udp.ts";

/** Every kind of middlebox. The position in this list decides which targets lie behind it. */
export const MIDDLEBOXES = [
  ...anyPacket,
  ...ecn,
  ...dscp,
  ...mss,
  ...tfo,
  ...http,
  ...udp,
  ...evil,
  ...tcpOption,
] as const;

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

/**
 * The nftables script that puts every middlebox on a router. A packet meets the rules of its own
 * target's alone, so that it costs no more with every kind that there is.
 */
export function ruleset(): string {
  const chains: string[] = [];
  const jumps = ([[4, "ip"], [6, "ip6"]] as const).flatMap(([family, ip]) => {
    const boxes = MIDDLEBOXES.flatMap((box: Middlebox) => {
      const { prefix } = block(box.name as MiddleboxName, family);
      const rules = box.rules({ ip, to: `${ip} daddr ${prefix}`, from: `${ip} saddr ${prefix}` });
      if (rules.length === 0) return [];
      chains.push(chain(`${box.name}-${ip}`, rules));
      return [`${prefix} : jump ${box.name}-${ip}`];
    });
    return ["daddr", "saddr"].map((end) => `${ip} ${end} vmap { ${boxes.join(", ")} }`);
  });
  const hook = "type filter hook forward priority mangle";
  return `table inet spider {\n${chains.join("")}${chain("middleboxes", [hook, ...jumps])}}\n`;
}

function chain(name: string, lines: readonly string[]): string {
  return `  chain ${name} {\n    ${lines.join("\n    ")}\n  }\n`;
}
