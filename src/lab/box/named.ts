import type {
  Middlebox,
  MiddleboxArgument,
  MiddleboxValue,
  Narrowing,
} from "../../contract/middlebox.ts";
import { bundledNames } from "../../plugin/bundled.ts";
import { loadTrusted } from "../../plugin/trusted.ts";
import type { PluginSettings } from "../../plugin/settings.ts";
import { isPluginName } from "../../plugin/source.ts";
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

/**
 * The middlebox that is meant, or what is wrong: a name, with a value behind a colon, or the file or
 * URL of a plugin.
 *
 * @param given its value where it does not stand behind a colon
 * @param resolve makes the path of a file of one from where the words stand
 * @throws {Failure} when a plugin cannot be loaded, or is not trusted
 */
export async function namedMiddlebox(
  written: string,
  settings?: PluginSettings,
  given?: string | number,
  resolve: (path: string) => string = (path) => path,
): Promise<NamedMiddlebox | string> {
  const [, name = written, behind] = /^([a-z][a-z0-9_-]*)(?::(?!\/\/)(.*))?$/s.exec(written) ?? [];
  const word = isPluginName(name) ? name : resolve(written);
  const box = await loadTrusted("middlebox", word, settings);
  if (box === undefined) return unknown("middlebox", name, bundledNames("middlebox"));
  if (behind !== undefined && given !== undefined) {
    return `${box.name} has a value behind its colon, and another one as value: leave one out`;
  }
  const text = behind ?? (given === undefined ? undefined : String(given));
  const value = valueOf(box, text);
  const shown = text === undefined ? box.name : `${box.name}:${text}`;
  if (value !== null) return { box, value, written: shown };
  return box.value === undefined
    ? `${box.name} takes no value, and there is ${quote(text)}`
    : `${box.name} wants ${wanted(box.value)} behind a colon: ${box.value.summary}`;
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
