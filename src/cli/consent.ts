import type { Consent } from "../plugin/trust.ts";
import type { InputStream, Streams } from "../host/streams.ts";
import { writeText } from "../result/write_whole.ts";
import { teller } from "./terminal/tell.ts";

/** Asks the user at the terminal, unless `--trust` was given. */
export function consent(trust: boolean, streams: Streams): Consent {
  return { trust, tell: teller(streams.stderr), ask: (question) => ask(question, streams) };
}

/** Asks on standard error, since standard output is for results; null without a terminal. */
function ask(question: string, { stdin, stderr }: Streams): boolean | null {
  if (!stdin.isTerminal() || !stderr.isTerminal()) return null;
  writeText(stderr, `${question} [y/N] `);
  return /^y(es)?$/i.test(readLine(stdin).trim());
}

/** One line of standard input, and not a byte beyond it: targets may follow. */
function readLine(stdin: InputStream): string {
  const octets: number[] = [];
  const one = new Uint8Array(1);
  while (stdin.readSync(one) === 1 && one[0] !== 0x0a) octets.push(one[0]!);
  return new TextDecoder().decode(new Uint8Array(octets));
}
