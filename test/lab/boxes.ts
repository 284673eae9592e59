import type { TargetBox } from "./target_lab.ts";

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
  return [...new Set(names)].filter((name) => name !== "transparent")
    .map((name) =>
      Object.hasOwn(NARROWED, name) ? { name, ...NARROWED[name as keyof typeof NARROWED] } : name
    );
}
