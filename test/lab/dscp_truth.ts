import { REMARK } from "../../src/lab/middlebox/dscp.ts";
import type { Truth } from "./verdicts.ts";

/** The codepoints that are measured. */
export const CODEPOINTS = [46, 1];

const replies = (...marks: readonly (readonly [number, number])[]) =>
  marks.map(([sent, reply]) => `dscp.${sent}.replymark:${reply}`);
const about = (verdict: string) => CODEPOINTS.map((sent) => `dscp.${sent}.connectivity.${verdict}`);
/** The truth about codepoints, whatever the connection type over TCP. */
export const DSCP_TRUTH: Truth = {
  "transparent": [...about("works"), ...replies([0, 0], [46, 0], [1, 0])],
  "bleach-dscp": [...about("works"), ...replies([0, 0], [46, 0], [1, 0])],
  "remark-dscp": [...about("works"), ...replies([0, REMARK], [46, REMARK], [1, REMARK])],
  "drop-dscp": [...about("broken"), ...replies([0, 0])],
  // A RST is no answer whose mark would count
  "refuse-dscp": [...about("broken"), ...replies([0, 0])],
  "drop-no-dscp": [...about("transient"), ...replies([46, 0], [1, 0])],
  "drop-all": about("offline"),
};
