/** How a rule refers to the targets of its middlebox in one family. */
export interface Match {
  /** The family's name in a statement: `ip ecn set ce`. */
  readonly ip: "ip" | "ip6";
  /** Matches packets to the targets. */
  readonly to: string;
  /** Matches packets from the targets. */
  readonly from: string;
}

/** Something on the path that changes, drops or answers some packets. */
export interface Middlebox {
  /** Lower case letters and dashes. */
  readonly name: string;
  /**
   * Number of its block of targets, 1 to 127, which no other kind has and which stays: addresses follow
   * from it, whatever is added or removed elsewhere.
   */
  readonly block: number;
  /** What it does; one line without a full stop. */
  readonly summary: string;
  /** Its nftables rules, each a line, for one family. */
  rules(match: Match): readonly string[];
  /** What it does to TCP packets by what they carry, which nftables cannot search. */
  readonly searches?: readonly Search[];
}

/** What to do with packets to a port that carry some octets anywhere, all in one packet. */
export interface Search {
  readonly port: number;
  /** Text, with octets in hexadecimal between bars: `|02|h2`. */
  readonly octets: string;
  /** Drop the packet, or answer it with RST. */
  readonly then: "drop" | "reset";
}
