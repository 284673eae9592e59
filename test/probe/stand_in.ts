import { fileURLToPath } from "node:url";

const MAIN = fileURLToPath(new URL("stand_in_main.ts", import.meta.url));

/** Stand-ins that close one of their pipes once they have been asked for a probe. */
const CLOSING: Readonly<Record<string, string>> = { mute: "exec >&-", deaf: "exec <&-" };

/** The command line of a stand-in for mtr-packet; see there for the modes, and `mute` and `deaf`. */
export function standIn(mode: string): readonly string[] {
  const closing = CLOSING[mode];
  if (closing !== undefined) {
    const answer = 'read token rest; echo "$token feature-support support ok"';
    return ["sh", "-c", `${answer}; read token rest; ${closing}; exec sleep 1000`];
  }
  return [Deno.execPath(), "run", "--no-check", "-A", MAIN, mode];
}
