import { quote } from "../target/quote.ts";

/** How long a packet may be held, in milliseconds. */
const LONGEST_DELAY = 60_000;
const MOST_COPIES = 16;

/** Verdicts that are a word. */
const WORDS = ["drop", "reset", "prohibit"] as const;

/**
 * What becomes of a packet, within bounds: nothing special, dropped, dropped and answered, or held and
 * sent again.
 */
export type Verdict = undefined | typeof WORDS[number] | {
  /** Milliseconds, 0 to 60,000. */
  readonly delay: number;
  /** 0 to 16. */
  readonly copies: number;
};

/**
 * Reads the verdict of a middlebox, which may be anything: it is of a plugin.
 *
 * @throws {Error} when it is none
 */
export function readVerdict(verdict: unknown): Verdict {
  if (verdict === undefined) return undefined;
  const word = WORDS.find((one) => one === verdict);
  if (word !== undefined) return word;
  const { delay, copies }: Partial<Record<"delay" | "copies", unknown>> = Object(verdict);
  const isEmpty = delay === undefined && copies === undefined;
  const isDelay = delay === undefined || Number.isFinite(delay);
  const isCopies = copies === undefined || Number.isInteger(copies);
  if (isEmpty || !isDelay || !isCopies) {
    throw new Error(
      `${quote(verdict)} is no verdict, which is nothing, ${
        WORDS.map((one) => JSON.stringify(one)).join(", ")
      }, or has a delay or copies`,
    );
  }
  const bound = (value: unknown, most: number) => Math.min(Math.max(0, Number(value ?? 0)), most);
  return { delay: bound(delay, LONGEST_DELAY), copies: bound(copies, MOST_COPIES) };
}
