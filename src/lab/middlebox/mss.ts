import type { Middlebox } from "./middlebox.ts";

/** The clamped maximum segment size, in octets. */
export const CLAMP = 536;

/** Middleboxes that interfere with the MSS option (RFC 9293, section 3.7.1). */
export const mss = [
  {
    name: "clamp-mss",
    block: 18,
    summary: "lowers the maximum segment size to 536 both ways",
    rules: ({ to, from }) =>
      [to, from].map((match) =>
        `${match} tcp flags & syn == syn tcp option maxseg size set ${CLAMP}`
      ),
  },
  {
    name: "strip-mss",
    block: 19,
    summary: "takes the MSS option off SYN-ACKs",
    rules: ({ from }) => [`${from} tcp flags & syn == syn reset tcp option maxseg`],
  },
] as const satisfies readonly Middlebox[];
