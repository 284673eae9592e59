import type { Middlebox } from "../../src/mod.ts";

function chain(hook: string, rules: readonly string[]): string {
  return ["chain nat {", hook, ...rules, "}"].join("\n");
}

export default {
  kind: "middlebox",
  name: "nat",
  version: "1.0.0",
  api: "^1",
  summary: "translates the addresses of what goes forward to its own",
  references: ["RFC 3022"],
  narrows: ["to"],
  chains: (places) => [
    chain(
      "type nat hook postrouting priority srcnat",
      places.flatMap(({ forward }) => forward === null ? [] : [`${forward} masquerade`]),
    ),
  ],
} satisfies Middlebox;
