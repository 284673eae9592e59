import { anyPacket } from "./any.ts";
import type { Hook } from "../router.ts";
import { dscp } from "./dscp.ts";
import { ecn } from "./ecn.ts";
import { evil } from "./evil.ts";
import { http } from "./http.ts";
import { type Middlebox, MOST_BLOCKS } from "./middlebox.ts";
import { mss } from "./mss.ts";
import { tcpOption } from "./tcp_option.ts";
import { tfo } from "./tfo.ts";
import { udp } from "./udp.ts";

/** Every kind of middlebox. */
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

const byName: ReadonlyMap<string, Middlebox> = checked(MIDDLEBOXES);

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
  const { block: number } = byName.get(name)!;
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

/**
 * Middleboxes by their names.
 *
 * @throws {RangeError} when two have the same name or the same block, or one's is out of range
 */
export function checked(boxes: readonly Middlebox[]): ReadonlyMap<string, Middlebox> {
  const blocks = new Map<number, string>();
  for (const { name, block } of boxes) {
    const other = blocks.get(block);
    if (other === undefined && Number.isInteger(block) && block > 0 && block <= MOST_BLOCKS) {
      blocks.set(block, name);
      continue;
    }
    const free = Array.from({ length: MOST_BLOCKS }, (_, at) => at + 1)
      .find((one) => boxes.every((box) => box.block !== one));
    throw new RangeError(
      `The middlebox ${name} has block ${block}, ${
        other === undefined ? `which is none of 1 to ${MOST_BLOCKS}` : `which is that of ${other}`
      }: ${free === undefined ? "there is none left" : `${free} is free`}`,
    );
  }
  const named = new Map(boxes.map((box) => [box.name, box]));
  if (named.size === boxes.length) return named;
  const twice = boxes.find(({ name }, at) => boxes.findIndex((box) => box.name === name) !== at)!;
  throw new RangeError(`There are two middleboxes ${twice.name}: give one another name`);
}

/** Counts through the /24s from one on, leaving out the addresses that end with 0 and 255. */
function spread(third: number, index: number): string {
  return `10.20.${third + Math.floor(index / 254)}.${index % 254 + 1}`;
}

/** The table of nftables that holds the middleboxes of a router. */
export const TABLE = "spider";

/**
 * The nftables script that puts every middlebox on a router. A packet meets the rules of its own
 * target's alone, so that it costs no more with every kind that there is.
 */
export function ruleset(hook: Hook): string {
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
  const base = `type filter hook ${hook} priority mangle`;
  return `table inet ${TABLE} {\n${chains.join("")}${chain("middleboxes", [base, ...jumps])}}\n`;
}

function chain(name: string, lines: readonly string[]): string {
  return `  chain ${name} {\n    ${lines.join("\n    ")}\n  }\n`;
}
