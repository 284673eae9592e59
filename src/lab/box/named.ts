import type {
  Middlebox,
  MiddleboxArgument,
  MiddleboxValue,
  Narrowing,
} from "../../contract/middlebox.ts";
import { loadMiddlebox, middleboxNames } from "../../plugin/bundled_middleboxes.ts";
import { quote } from "../../target/quote.ts";
import { readMilliseconds, readProbability, readRate } from "../file/quantities.ts";
import { unknown } from "../file/yaml.ts";

/** What every middlebox may be told besides its value, unless it says otherwise. */
const NARROWINGS: readonly Narrowing[] = ["to", "port", "direction", "probability"];

/** A middlebox with its value, as it was asked for. */
export interface NamedMiddlebox {
  readonly box: Middlebox;
  readonly value: MiddleboxArgument;
  /** As it was written: `mss-clamp:536`. */
  readonly written: string;
}

/** The middlebox that words such as `mss-clamp:536` mean, or what is wrong with them. */
export async function namedMiddlebox(written: string): Promise<NamedMiddlebox | string> {
  const colon = written.indexOf(":");
  const name = colon < 0 ? written : written.slice(0, colon);
  const box = await loadMiddlebox(name);
  if (box === undefined) return unknown("middlebox", name, middleboxNames());
  const given = colon < 0 ? undefined : written.slice(colon + 1);
  const value = valueOf(box, given);
  if (value !== null) return { box, value, written };
  return box.value === undefined
    ? `${name} takes nothing behind a colon, and there is ${quote(given)}`
    : `${name} wants ${wanted(box.value)} behind a colon: ${box.value.summary}`;
}

/** What a middlebox may not be told, of what it was told. */
export function refusedNarrowing({ box }: NamedMiddlebox, told: object): Narrowing | undefined {
  const { narrows = NARROWINGS } = box;
  return NARROWINGS.find((name) =>
    (told as Record<string, unknown>)[name] !== undefined && !narrows.includes(name)
  );
}

/** Null for what is no value of its. */
function valueOf({ value }: Middlebox, given: string | undefined): MiddleboxArgument | null {
  if (value === undefined) return given === undefined ? 0 : null;
  if (given === undefined) return value.default ?? null;
  if (value.type === "string") {
    return value.pattern === undefined || new RegExp(`^(?:${value.pattern})$`).test(given)
      ? given
      : null;
  }
  const number = READERS[value.type](given);
  if (number === null || number < (value.minimum ?? 0)) return null;
  return number <= (value.maximum ?? Infinity) ? number : null;
}

const READERS = {
  integer: (text: string) => /^\d{1,10}$/.test(text) ? Number(text) : null,
  probability: readProbability,
  milliseconds: readMilliseconds,
  rate: readRate,
} as const;

const WORDS = {
  string: "a text",
  integer: "a whole number",
  probability: "a probability, such as 2%",
  milliseconds: "a time, such as 20ms",
  rate: "a rate, such as 10mbit",
} as const satisfies Record<MiddleboxValue["type"], string>;

function wanted({ type, minimum, maximum }: MiddleboxValue): string {
  if (minimum !== undefined && maximum !== undefined) {
    return `${WORDS[type]} from ${minimum} to ${maximum}`;
  }
  return minimum === undefined ? WORDS[type] : `${WORDS[type]}, ${minimum} or more`;
}
