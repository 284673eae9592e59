import type { Consent } from "../plugin/trust.ts";
import { writeWhole } from "../result/write_whole.ts";
import { tell } from "./terminal/tell.ts";

/** Asks the person at the terminal, unless `--trust` was given. */
export function consent(trust: boolean): Consent {
  return { trust, tell, ask };
}

/** Asks on standard error, since standard output is for results; null without a terminal. */
function ask(question: string): boolean | null {
  if (!Deno.stdin.isTerminal() || !Deno.stderr.isTerminal()) return null;
  writeWhole(Deno.stderr, new TextEncoder().encode(`${question} [y/N] `));
  return /^y(es)?$/i.test(readLine().trim());
}

/** One line of standard input, and not a byte more: targets may follow. */
function readLine(): string {
  const octets: number[] = [];
  const one = new Uint8Array(1);
  while (Deno.stdin.readSync(one) === 1 && one[0] !== 0x0a) octets.push(one[0]!);
  return new TextDecoder().decode(new Uint8Array(octets));
}
