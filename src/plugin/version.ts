// @ts-types="../types/semver.d.ts"
import semver from "semver";
import { isLine } from "./text.ts";

/** Whether a text is a semantic version in its normal form: the library takes blanks, and a `v`. */
export function isVersion(text: string): boolean {
  return semver.valid(text) === text;
}

/** Whether a text is a range of semantic versions, in one line. */
export function isRange(text: string): boolean {
  return isLine(text) && semver.validRange(text) !== null;
}

/** Whether a version is in a range. */
export function inRange(version: string, range: string): boolean {
  return semver.satisfies(version, range);
}
