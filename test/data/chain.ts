import type { Chain } from "../../src/contract/chain.ts";
import { type Dissected, drained, feed, flowTable, passedOver } from "./dissect.ts";
import type { FlowTableOptions } from "../../src/observe/flow_table.ts";
import type { Frame } from "./packets.ts";

/** What a chain of a test has, besides a name and fields. */
export type Hooks = Partial<Omit<Chain, "name" | "kind">>;

/** A chain without fields, unless there are some. */
export function chain(hooks: Hooks, name = "own"): Chain {
  return { name, fields: {}, ...hooks };
}

/** Dissects frames with a chain, to the end. */
export function observe(
  hooks: Hooks | Chain,
  frames: readonly Frame[],
  options: Partial<FlowTableOptions> & { link?: number; batch?: number } = {},
): Dissected {
  const { link, batch, ...rest } = options;
  const table = flowTable({ chains: ["basic", chain(hooks)], ...rest });
  feed(table, frames, link, batch);
  table.flush();
  return { flows: drained(table), passedOver: passedOver(table), stats: table.stats() };
}

/** What `look` returns for each packet that a hook is called with. */
export function seen<Value>(
  hook: Exclude<keyof Hooks, "fields" | "newFlow">,
  // deno-lint-ignore no-explicit-any -- the header's type is that of the hook's name
  look: (header: any, rev: boolean) => Value,
  frames: readonly Frame[],
): Value[] {
  const values: Value[] = [];
  observe({
    [hook](_rec: object, header: unknown, rev: boolean) {
      values.push(look(header, rev));
    },
  }, frames);
  return values;
}
