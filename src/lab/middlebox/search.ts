import { blockOf } from "./block.ts";
import type { Middlebox, Search } from "./middlebox.ts";
import { MIDDLEBOXES } from "./registry.ts";

const TARGETS = {
  drop: "DROP",
  reset: "REJECT --reject-with tcp-reset",
} as const satisfies Record<Search["then"], string>;

/** The script for `iptables-restore`, or `ip6tables-restore`, of what middleboxes search for. */
export function searchRules(family: 4 | 6): string {
  const rules = MIDDLEBOXES.flatMap((box: Middlebox) =>
    (box.searches ?? []).map(({ port, octets, then }) => {
      const { prefix } = blockOf(box, family);
      // Boyer-Moore (bm) overlooks what lies across two fragments of a packet's buffer, one in thousands
      return `-A FORWARD -d ${prefix} -p tcp --dport ${port} ` +
        `-m string --algo kmp --hex-string "${octets}" -j ${TARGETS[then]}`;
    })
  );
  return ["*filter", ...rules, "COMMIT", ""].join("\n");
}
