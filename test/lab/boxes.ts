import { CLEAN, LAST_BLOCK, targetBlock } from "./targets.ts";

/** A middlebox in the words of a lab's file; by its name, where several differ in what they meet. */
export type TargetBox = string | NarrowedBox;

interface NarrowedBox {
  /** What it is called here; `middlebox` when missing. */
  readonly name?: string;
  readonly middlebox: string;
  readonly port?: number;
  readonly direction?: "forward" | "reverse";
  readonly probability?: number;
}

/** The path without middleboxes. */
const TRANSPARENT = "transparent";

/** Middleboxes that meet some packets only, under names of their own. */
const NARROWED = {
  "dscp-remark": { middlebox: "dscp-remap:0>8", direction: "reverse" },
  "strip-ts-syn": { middlebox: "option-nop:8", direction: "forward" },
  "strip-ws-syn": { middlebox: "option-nop:3", direction: "forward" },
  "strip-sack-syn": { middlebox: "option-nop:4", direction: "forward" },
  "strip-fastopen-syn": { middlebox: "option-nop:34", direction: "forward" },
  "strip-ts-syn-ack": { middlebox: "option-nop:8", direction: "reverse" },
  "strip-ws-syn-ack": { middlebox: "option-nop:3", direction: "reverse" },
  "strip-sack-syn-ack": { middlebox: "option-nop:4", direction: "reverse" },
  "drop-dns": { middlebox: "drop", port: 53 },
  "prohibit-dns": { middlebox: "prohibit", port: 53 },
} as const satisfies Readonly<Record<string, TargetBox>>;

/** The middleboxes of these names: those above, or what a lab's file calls so. */
export function boxesOf(names: Iterable<string>): TargetBox[] {
  return [...new Set(names)].filter((name) => name !== TRANSPARENT)
    .map((name) =>
      Object.hasOwn(NARROWED, name) ? { name, ...NARROWED[name as keyof typeof NARROWED] } : name
    );
}

/** The number of each middlebox's block of targets. */
export function blocksOf(boxes: readonly TargetBox[]): ReadonlyMap<string, number> {
  const blocks = new Map([[TRANSPARENT, CLEAN]]);
  for (const name of boxes.map(boxName)) {
    if (blocks.has(name)) throw new RangeError(`there are two middleboxes ${name}`);
    blocks.set(name, CLEAN + blocks.size);
  }
  if (blocks.size > LAST_BLOCK) throw new RangeError(`there are ${LAST_BLOCK} blocks of targets`);
  return blocks;
}

/** A middlebox as it stands in a lab's file, with the targets that lie behind it. */
export function entryOf(box: TargetBox, blocks: ReadonlyMap<string, number>) {
  const told: NarrowedBox = typeof box === "string" ? { middlebox: box } : box;
  const { middlebox, port, direction, probability } = told;
  const block = blocks.get(boxName(box))!;
  const to = ([4, 6] as const).map((family) => targetBlock(block, family).prefix);
  return { middlebox, port, direction, probability, to };
}

/** What the lab's middlebox is called. */
function boxName(box: TargetBox): string {
  return typeof box === "string" ? box : box.name ?? box.middlebox;
}
