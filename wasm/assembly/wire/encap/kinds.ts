// The headers that are noted in a packet's list (see layers.ts), and what of each tells flows apart.
// What both directions of a connection share does: the network that a number names, and the two ends of
// a tunnel. What each receiver chooses for itself, or what labels one direction, does not: a
// connection would be two halves, of which neither was ever answered.

export const VLAN: u8 = 0;
/** Service instance of a provider backbone (IEEE 802.1ah). */
export const BACKBONE: u8 = 1;
/** The next router chooses a label (RFC 3031, section 3.4), and may ask for none. */
export const MPLS: u8 = 2;
export const PPPOE: u8 = 3;
/** Group of the sender, of Cisco's metadata. */
export const GROUP: u8 = 4;
/** A service path leads one way (RFC 7665, section 2.3). */
export const NSH: u8 = 5;
export const FRAME_RELAY: u8 = 6;
export const IP_IN_IP: u8 = 7;
export const SIX_IN_FOUR: u8 = 8;
export const FOUR_IN_SIX: u8 = 9;
export const SIX_IN_SIX: u8 = 10;
export const GRE: u8 = 11;
export const GRE_KEYED: u8 = 12;
/** Each side numbers its calls (RFC 2637, section 4.1). */
export const PPTP: u8 = 13;
export const VXLAN: u8 = 14;
export const VXLAN_GPE: u8 = 15;
export const GENEVE: u8 = 16;
/** The receiver chooses the endpoint's number (3GPP TS 29.281, section 3.1). */
export const GTP_U: u8 = 17;
/** The receiver chooses both numbers (RFC 2661, section 3.1). */
export const L2TP: u8 = 18;
/** The same of the only number (RFC 3931, section 4.1). */
export const L2TP_3: u8 = 19;

const NAMES: StaticArray<string> = [
  "vlan",
  "pbb",
  "mpls",
  "pppoe",
  "sgt",
  "nsh",
  "fr",
  "ipip",
  "6in4",
  "4in6",
  "6in6",
  "gre",
  "gre",
  "pptp",
  "vxlan",
  "vxlan-gpe",
  "geneve",
  "gtpu",
  "l2tp",
  "l2tpv3",
];

/** What a header's name is in a record. */
export function nameOf(kind: u8): string {
  return unchecked(NAMES[kind]);
}

/** Whether a number belongs to the header. */
export function isNumbered(kind: u8): bool {
  return kind < IP_IN_IP || kind > GRE;
}

/** Whether the number is two, of 16 bits each. */
export function isPair(kind: u8): bool {
  return kind == L2TP;
}

/** Whether the header tells flows apart at all. */
export function tellsApart(kind: u8): bool {
  return kind != MPLS && kind != GROUP && kind != NSH;
}

/** Whether its number does. */
export function numberTellsApart(kind: u8): bool {
  return kind != PPTP && kind != GTP_U && kind != L2TP && kind != L2TP_3;
}
