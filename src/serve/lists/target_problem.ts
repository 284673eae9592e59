import { UNRESOLVED } from "../../target/check.ts";

/** What is wrong with a target, for those who ask over HTTP: they have no command line. */
export function targetProblem(problem: string): string {
  return problem === UNRESOLVED
    ? "no address: resolve the names first, by a measurement with the spider dnsresolv, whose results can " +
      "be uploaded to /lists"
    : problem;
}
