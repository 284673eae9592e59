import { assertEquals, assertThrows } from "@std/assert";
import { blockOf, withOwnBlocks } from "../../src/lab/middlebox/block.ts";
import type { Middlebox } from "../../src/lab/middlebox/middlebox.ts";
import { MIDDLEBOXES, ruleset } from "../../src/lab/middlebox/registry.ts";

/** A block that no kind has. */
const FREE = 1 + Array.from({ length: 127 }, (_, at) => at + 1)
  .findIndex((block) => MIDDLEBOXES.every((box) => box.block !== block));

const FAMILIES = [4, 6] as const;

const another = {
  name: "another",
  block: FREE,
  summary: "drops everything",
  rules: ({ to }) => [`${to} drop`],
} as const satisfies Middlebox;

const middle = (box: Middlebox): readonly Middlebox[] => [
  ...MIDDLEBOXES.slice(0, 5),
  box,
  ...MIDDLEBOXES.slice(5),
];

Deno.test("a middlebox in the middle of the list shifts no other's targets or rules", () => {
  const kinds = withOwnBlocks(middle(another));
  assertEquals(blockOf(another, 4).prefix, `10.20.${FREE}.0/24`);
  assertEquals(blockOf(another, 6).prefix, `fd53:7069:6465:20::${FREE.toString(16)}:0/112`);
  const words = (text: string) => text.split(/[\n{},]/).map((part) => part.trim());
  const own = ["another", ...FAMILIES.map((family) => blockOf(another, family).prefix)];
  const added = words(ruleset("forward", kinds))
    .filter((part) => !own.some((word) => part.includes(word)));
  const before = words(ruleset("forward"));
  assertEquals(before.filter((part) => !added.includes(part)), []);
  assertEquals(added.filter((part) => !before.includes(part)), []);
});

Deno.test("middleboxes that share a block or a name are refused with what is wrong", () => {
  const taken = MIDDLEBOXES[3]!;
  assertThrows(
    () => withOwnBlocks(middle({ ...another, block: taken.block })),
    RangeError,
    `the middleboxes ${taken.name} and another both have block ${taken.block}: `,
  );
  assertThrows(
    () => withOwnBlocks(middle({ ...another, name: taken.name })),
    RangeError,
    `there are two middleboxes ${taken.name}`,
  );
  for (const block of [0, 128, 1.5]) {
    assertThrows(
      () => withOwnBlocks(middle({ ...another, block })),
      RangeError,
      `the middlebox another has block ${block}, and blocks are 1 to 127`,
    );
  }
});
