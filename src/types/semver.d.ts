/** What this program uses of `semver`, which comes without types. */
export interface Semver {
  valid(version: string): string | null;
  validRange(range: string): string | null;
  satisfies(version: string, range: string): boolean;
}
declare const semver: Semver;
export default semver;
