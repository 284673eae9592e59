import type { Hook } from "../router.ts";
import { blockOf, type TargetBlock, withOwnBlocks } from "./block.ts";
import * as kinds from "./kinds.ts";
import type { Middlebox } from "./middlebox.ts";

/** Middleboxes of one file. */
type Kinds = typeof kinds[keyof typeof kinds];

/** Every kind of middlebox, in the order of their blocks. */
export const MIDDLEBOXES = withOwnBlocks(
  Object.values<Kinds>(kinds).flatMap((boxes): readonly Kinds[number][] => boxes)
    .sort((a, b) => a.block - b.block),
);

/** The name of a kind of middlebox. */
export type MiddleboxName = typeof MIDDLEBOXES[number]["name"];

/** Which targets lie behind a kind of middlebox. */
export function block(name: MiddleboxName, family: 4 | 6): TargetBlock {
  return blockOf(MIDDLEBOXES.find((box) => box.name === name)!, family);
}

/** The table of nftables that holds the middleboxes of a router. */
export const TABLE = "spider";

/**
 * The nftables script that puts every middlebox on a router. A packet meets the rules of its own
 * target's alone, so that it costs no more with every kind that there is.
 */
export function ruleset(hook: Hook, kinds: readonly Middlebox[] = MIDDLEBOXES): string {
  const chains: string[] = [];
  const jumps = ([[4, "ip"], [6, "ip6"]] as const).flatMap(([family, ip]) => {
    const boxes = kinds.flatMap((box) => {
      const { prefix } = blockOf(box, family);
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
