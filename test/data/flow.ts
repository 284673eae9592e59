import type { ObservedFlow } from "../../src/mod.ts";
import { STARTING } from "./starting.ts";

/** A TCP connection over a path that changes nothing, as socket and wire would show it. */
const PLAIN: ObservedFlow = {
  ...STARTING,
  observed: true,
  sip: "192.0.2.1",
  dip: "198.51.100.7",
  proto: 6,
  sp: 40000,
  dp: 80,
  pkt_first: 1700000000,
  pkt_last: 1700000001,
  pkt_fwd: 4,
  pkt_rev: 3,
  oct_fwd: 200,
  oct_rev: 160,
  tcp_synflags_fwd: 0x02,
  tcp_synflags_rev: 0x12,
  tcp_fin_fwd: true,
  tcp_fin_rev: true,
  tcp_connected: true,
  dscp_mark_syn_fwd: 0,
  dscp_mark_data_fwd: 0,
  dscp_mark_syn_rev: 0,
  dscp_mark_data_rev: 0,
  mss_len_fwd: 4,
  mss_len_rev: 4,
  mss_value_fwd: 1460,
  mss_value_rev: 1460,
  tcpopt_ts: true,
  tcpopt_ws: true,
  tcpopt_sack: true,
  evilbit_syn_fwd: false,
  evilbit_data_fwd: false,
  evilbit_syn_rev: false,
  evilbit_data_rev: false,
  tcpx_syn_fwd: 1,
  tcpx_synack_rev: 1,
  tcpx_syn_acked: true,
  tcpx_synflags_answered: 0x02,
  tcpx_rtt_us: 20_000,
  tcpx_ttl_fwd: 64,
  tcpx_ttl_rev: 57,
  tcpx_window_fwd: 64240,
  tcpx_window_rev: 65160,
  tcpx_options_fwd: [2, 4, 8, 1, 3],
  tcpx_options_rev: [2, 4, 8, 1, 3],
  tcpx_mss_fwd: 1460,
  tcpx_mss_rev: 1460,
  tcpx_wscale_fwd: 7,
  tcpx_wscale_rev: 7,
  tcpx_payload_fwd: 40,
  spdr_state: 0,
  spdr_outcome: "ok",
  spdr_errno: null,
  spdr_start: "2023-11-14T22:13:20.000Z",
  spdr_stop: "2023-11-14T22:13:21.000Z",
  config: 0,
  arm: "plain",
};

/** What differs in a connection that timed out after 10 s, without any answer. */
export const SILENT: Partial<ObservedFlow> = {
  spdr_state: 2,
  spdr_outcome: "timeout",
  spdr_stop: "2023-11-14T22:13:30.000Z",
  pkt_rev: 0,
  tcp_synflags_rev: null,
  tcp_connected: false,
};

/** A flow that differs from a plain one in what is given. */
export function flow(different: Partial<ObservedFlow> = {}): ObservedFlow {
  return { ...PLAIN, ...different };
}
