import type { Fields } from "./field.ts";
import { BASIC, DNS, DSCP, ECN, ENCAP, EVIL, ICMP, ICMPX, PART, UDP } from "./fields_ip.ts";
import { MSS, TCP, TCPOPT, TFO } from "./fields_tcp.ts";
import { ECNX, LOSS, RTT, TIMESTAMPS } from "./fields_stream.ts";
import { HTTP, QUIC, TLS } from "./fields_web.ts";
import { TCPX } from "./fields_tcpx.ts";

/** Each field of a flow record, as it follows from the packets that tshark prints. */
export const FIELDS: Fields = {
  ...BASIC,
  ...TCP,
  ...ECN,
  ...DSCP,
  ...MSS,
  ...TFO,
  ...TCPOPT,
  ...ICMP,
  ...UDP,
  ...EVIL,
  ...DNS,
  ...TCPX,
  ...ICMPX,
  ...PART,
  ...ENCAP,
  ...TIMESTAMPS,
  ...ECNX,
  ...LOSS,
  ...RTT,
  ...HTTP,
  ...QUIC,
  ...TLS,
};
