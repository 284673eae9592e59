import { FlowTable } from "../../src/observe/flow_table.ts";
import { hasTshark } from "./tshark.ts";

const missing = !hasTshark();
if (missing) console.error("tshark is not installed: nothing is judged (apt install tshark)");

/** Why a test is not run. */
export interface Condition {
  readonly ignore: boolean;
  readonly reason: string;
}

const stats = new FlowTable({ chains: ["basic"], idle: 30, linger: 5, input: 1 << 16 }).stats();

/** For tests with fragments that belong to flows. */
export const joinsFragments: Condition = {
  ignore: !("fragments_joined" in stats),
  reason: "fragments are not joined yet",
};

/** A test that asks tshark; skipped, with one line for all of them, when it is missing. */
export function judgeTest(
  name: string,
  test: () => void | Promise<void>,
  { ignore, reason }: Condition = { ignore: false, reason: "" },
): void {
  const why = missing ? " (skipped: needs tshark)" : ignore ? ` (skipped: ${reason})` : "";
  Deno.test({ name: `tshark agrees: ${name}${why}`, ignore: missing || ignore, fn: test });
}
