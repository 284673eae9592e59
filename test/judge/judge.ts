import { hasTshark } from "./tshark.ts";

const missing = !hasTshark();
if (missing) console.error("tshark is not installed: nothing is judged (apt install tshark)");

/** A test that asks tshark; skipped, with one line for all of them, when it is missing. */
export function judgeTest(
  name: string,
  test: () => Promise<void>,
  { ignore, reason }: { ignore: boolean; reason: string } = { ignore: false, reason: "" },
): void {
  const why = missing ? " (skipped: needs tshark)" : ignore ? ` (skipped: ${reason})` : "";
  Deno.test({ name: `tshark agrees: ${name}${why}`, ignore: missing || ignore, fn: test });
}
