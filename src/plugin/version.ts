// @ts-types="../types/semver.d.ts"
import semver from "semver";

/** Whether a text is a semantic version. */
export function isVersion(text: string): boolean {
  return semver.valid(text) !== null;
}

/** Whether a text is a range of semantic versions. */
export function isRange(text: string): boolean {
  return semver.validRange(text) !== null;
}

/** Whether a version is in a range. */
export function inRange(version: string, range: string): boolean {
  return semver.satisfies(version, range);
}
