import { quote } from "../target/quote.ts";
import { isLine } from "./text.ts";

const TYPES = ["boolean", "integer", "number", "string"];

/** What members of an option may be, in words that follow "that". */
const MEMBERS: Readonly<Record<string, readonly [(value: unknown) => boolean, string]>> = {
  type: [(value) => TYPES.some((type) => type === value), `must be one of ${TYPES.join(", ")}`],
  summary: [isLine, "must be a line of text"],
  short: [(value) => typeof value === "string" && /^[A-Za-z]$/.test(value), "must be one letter"],
  value: [isLine, "must be a line of text"],
  choices: [
    (value) => Array.isArray(value) && value.length > 0 && value.every(isLine),
    "must be a list of texts",
  ],
  repeated: [(value) => typeof value === "boolean", "must be true or false"],
  minimum: [Number.isFinite, "must be a number"],
  maximum: [Number.isFinite, "must be a number"],
};

/** What is wrong with an option, in words that follow "which"; null when nothing. */
export function optionProblem(name: string, option: unknown): string | null {
  if (!/^[a-z][a-z0-9-]*$/.test(name)) return "cannot be a flag";
  if (typeof option !== "object" || option === null) return "is not an object";
  const { default: preset, ...members } = option as Record<string, unknown>;
  for (const required of ["type", "summary"]) {
    if (members[required] === undefined) return `needs a ${required}`;
  }
  for (const [member, value] of Object.entries(members)) {
    if (!Object.hasOwn(MEMBERS, member)) return `has ${quote(member)}, which options do not have`;
    const [fits, wanted] = MEMBERS[member]!;
    if (value !== undefined && !fits(value)) return `has a ${member} that ${wanted}`;
  }
  const type = members.type === "integer" ? "number" : members.type;
  // A number or a flag, or text that help may show
  if (
    preset === undefined ||
    (typeof preset === type && preset !== null && !/\p{C}/u.test(`${preset}`))
  ) {
    return null;
  }
  return `has a default that is no ${members.type}`;
}
