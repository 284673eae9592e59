// @ts-types="../types/semver.d.ts"
import semver from "semver";
import { API_VERSION } from "../contract/manifest.ts";
import { armProblem } from "./arm_check.ts";
import { isPluginName } from "./source.ts";

/** A plugin as far as it is known. */
export interface Known {
  readonly data: Readonly<Record<string, unknown>>;
  /** Where its functions stand, such as `conclude` or `arms.1.forge`. */
  readonly functions: readonly string[];
  /** Where something stands that is not known; nothing is said about it. */
  readonly computed: readonly string[];
}

/** What is wrong with a member, in words that follow its name; null when nothing. */
type Check = (value: unknown) => string | null;

// They are shown on terminals, which must find nothing in them to obey
const isText: Check = (value) =>
  typeof value === "string" && value !== "" && !/\p{C}/u.test(value)
    ? null
    : "must be a line of text";
const areTexts: Check = (value) =>
  Array.isArray(value) && value.every((one) => isText(one) === null)
    ? null
    : "must be a list of texts";

/** Conditions become patterns, so nothing in them may be taken for more than itself. */
const CONDITION = /^[A-Za-z0-9_.:-]+$/;

/** What every plugin has. */
const MANIFEST: Readonly<Record<string, Check>> = {
  name: (value) =>
    typeof value === "string" && isPluginName(value)
      ? null
      : "must be lower case letters, digits, dashes and underscores",
  version: (value) =>
    typeof value === "string" && semver.valid(value) !== null
      ? null
      : "must be a semantic version, such as 1.0.0",
  api: (value) => {
    if (typeof value !== "string" || semver.validRange(value) === null) {
      return "must be a range of versions, such as ^1";
    }
    return semver.satisfies(API_VERSION, value)
      ? null
      : `is ${value}, and this program has the contract ${API_VERSION}`;
  },
  summary: isText,
};

const SPIDER: Readonly<Record<string, Check>> = {
  connect: (value) =>
    Array.isArray(value) && value.length > 0 ? areTexts(value) : "must name a connection type",
  chains: (value) =>
    Array.isArray(value) &&
      value.every((one) => typeof one === "string" || (typeof one === "object" && one !== null))
      ? null
      : "must be a list of chains",
  arms: (value) => {
    if (!Array.isArray(value) || value.length === 0) return "must have one arm or more";
    for (const [at, arm] of value.entries()) {
      const problem = armProblem(arm);
      if (problem !== null) return `has in place ${at} an arm that ${problem}`;
    }
    return null;
  },
  conditions: (value) => {
    if (!isObject(value)) return "must be an object";
    for (const [name, meaning] of Object.entries(value)) {
      if (!CONDITION.test(name)) return `have ${JSON.stringify(name)}, which is no dotted name`;
      if (isText(meaning) !== null) return `have ${name}, whose meaning must be a line of text`;
    }
    return null;
  },
};

const OPTIONAL: Readonly<Record<string, Check>> = {
  references: areTexts,
  confirm: (value) =>
    Array.isArray(value) && value.every((one) => CONDITION.test(String(one)))
      ? null
      : "must be a list of conditions",
  options: (value) => {
    if (!isObject(value)) return "must be an object";
    for (const [name, option] of Object.entries(value)) {
      if (!/^[a-z][a-z0-9-]*$/.test(name)) return `has ${name}, which cannot be a flag`;
      if (!isObject(option) || !OPTION_TYPES.includes(String(option.type))) {
        return `has ${name}, whose type must be one of ${OPTION_TYPES.join(", ")}`;
      }
      if (isText(option.summary) !== null) return `has ${name}, which needs a summary`;
    }
    return null;
  },
};

const OPTION_TYPES = ["boolean", "integer", "number", "string"];

/** What is wrong with a spider, in sentences without a full stop; none when nothing is. */
export function spiderProblems(known: Known): string[] {
  const { data, functions } = known;
  if (data.kind !== undefined && data.kind !== "spider") {
    return [`its kind is ${JSON.stringify(data.kind)}, not "spider"`];
  }
  const problems: string[] = [];
  if (data.kind === undefined && !isUnknown(known, "kind")) problems.push("its kind is missing");
  for (const [name, check] of Object.entries({ ...MANIFEST, ...SPIDER })) {
    if (isUnknown(known, name) || (name === "arms" && functions.includes(name))) continue;
    const problem = data[name] === undefined ? "is missing" : check(data[name]);
    if (problem !== null) problems.push(`its ${name} ${problem}`);
  }
  for (const [name, check] of Object.entries(OPTIONAL)) {
    if (isUnknown(known, name) || data[name] === undefined) continue;
    const problem = check(data[name]);
    if (problem !== null) problems.push(`its ${name} ${problem}`);
  }
  if (!functions.includes("conclude") && !isUnknown(known, "conclude")) {
    problems.push("it has no function conclude");
  }
  return problems;
}

function isUnknown({ computed }: Known, name: string): boolean {
  return computed.some((place) =>
    place === "..." || place === name || place.startsWith(`${name}.`)
  );
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
