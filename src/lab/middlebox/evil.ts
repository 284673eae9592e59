import type { Match, Middlebox } from "./middlebox.ts";

// Not `@nh,48,1 set`: nftables does not correct the checksum for a raw write.
const EVIL = "ip frag-off & 0x8000 == 0x8000";
const GOOD = "ip frag-off & 0x8000 == 0";
/** Flags and offset of whole packets that are not to be fragmented, without the bit and with it. */
const CLEAR = "ip frag-off set 0x4000";
const SET = "ip frag-off set 0xc000";

/** Rules for IPv4; the bit does not exist in IPv6. */
function ipv4(rules: (match: Match) => readonly string[]): (match: Match) => readonly string[] {
  return (match) => match.ip === "ip" ? rules(match) : [];
}

/** Middleboxes that react to the evil bit (RFC 3514). */
export const evil = [
  {
    name: "drop-evil",
    block: 37,
    summary: "drops packets with the evil bit",
    rules: ipv4(({ to }) => [`${to} ${EVIL} drop`]),
  },
  {
    name: "refuse-evil",
    block: 38,
    summary: "answers SYNs with the evil bit with RST",
    rules: ipv4(({ to }) => [`${to} ${EVIL} tcp flags & syn == syn reject with tcp reset`]),
  },
  {
    name: "drop-good",
    block: 39,
    summary: "drops SYNs without the evil bit",
    rules: ipv4(({ to }) => [`${to} ${GOOD} tcp flags & syn == syn drop`]),
  },
  {
    name: "clear-evil",
    block: 40,
    summary: "clears the evil bit",
    rules: ipv4(({ to }) => [`${to} ${EVIL} ${CLEAR}`]),
  },
  {
    name: "set-evil",
    block: 41,
    summary: "sets the evil bit on the way back",
    rules: ipv4(({ from }) => [`${from} ${GOOD} ${SET}`]),
  },
] as const satisfies readonly Middlebox[];
