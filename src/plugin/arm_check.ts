import type { SocketOptions } from "../contract/connection.ts";
import { quote } from "../target/quote.ts";
import { isLine } from "./text.ts";

/** What is wrong with a value, in words that follow "must be"; null when nothing. */
type Check = (value: unknown) => string | null;

function whole(minimum: number, maximum: number): Check {
  return (value) =>
    Number.isInteger(value) && Number(value) >= minimum && Number(value) <= maximum
      ? null
      : `a whole number from ${minimum} to ${maximum}`;
}

const flag: Check = (value) => typeof value === "boolean" ? null : "true or false";

function oneOf(...words: string[]): Check {
  return (value) => words.some((word) => word === value) ? null : words.join(" or ");
}

const SOCKET: Readonly<Record<keyof SocketOptions, Check>> = {
  dscp: whole(0, 63),
  mark: whole(1, 0xffff_ffff),
  ecn: flag,
  mss: whole(88, 32_767),
  bindPort: whole(0, 65_535),
  ttl: whole(1, 255),
  fastOpen: oneOf("cookie", "data"),
  zeroChecksum: flag,
};

const text: Check = (value) => isLine(value) ? null : "a line of text";

/** What an arm may ask for, by the member that it stands in. */
const WISHES: Readonly<Record<string, Readonly<Record<string, Check>>>> = {
  socket: SOCKET,
  http: { version: oneOf("1.1", "2") },
  dns: { name: text, type: oneOf("A", "AAAA") },
};

/** What is wrong with an arm, in words that follow "an arm that"; null when nothing. */
export function armProblem(arm: unknown): string | null {
  if (typeof arm !== "object" || arm === null) return "is not an object";
  const { name, after, ...others } = arm as Record<string, unknown>;
  if (text(name) !== null) return "has no name";
  if (after !== undefined && text(after) !== null) return "waits for no name in after";
  for (const [member, wishes] of Object.entries(WISHES)) {
    const wished = others[member] ?? {};
    if (typeof wished !== "object") return `has ${member}, which is not an object`;
    for (const [option, value] of Object.entries(wished)) {
      if (!Object.hasOwn(wishes, option)) {
        return `sets ${quote(option)}, which ${member} does not have`;
      }
      const wanted = value === undefined ? null : wishes[option]!(value);
      if (wanted !== null) {
        return `sets ${option} to ${quote(value)}; it must be ${wanted}`;
      }
    }
  }
  return null;
}
