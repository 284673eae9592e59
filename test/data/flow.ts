import type { ObservedFlow } from "../../src/mod.ts";

/** A TCP connection over a path that changes nothing, as socket and wire would tell it. */
const PLAIN: ObservedFlow = {
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
  tcp_rst_fwd: false,
  tcp_rst_rev: false,
  tcp_connected: true,
  ecn_ect0_syn_fwd: false,
  ecn_ect1_syn_fwd: false,
  ecn_ce_syn_fwd: false,
  ecn_ect0_data_fwd: false,
  ecn_ect1_data_fwd: false,
  ecn_ce_data_fwd: false,
  ecn_ect0_syn_rev: false,
  ecn_ect1_syn_rev: false,
  ecn_ce_syn_rev: false,
  ecn_ect0_data_rev: false,
  ecn_ect1_data_rev: false,
  ecn_ce_data_rev: false,
  tcpx_syn_fwd: 1,
  tcpx_synack_rev: 1,
  tcpx_syn_differed: false,
  tcpx_synflags_answered: 0x02,
  spdr_state: 0,
  spdr_outcome: "ok",
  spdr_errno: null,
  spdr_start: "2023-11-14T22:13:20.000Z",
  spdr_stop: "2023-11-14T22:13:21.000Z",
  config: 0,
  arm: "plain",
};

/** A flow that differs from a plain one in what is given. */
export function flow(different: Partial<ObservedFlow> = {}): ObservedFlow {
  return { ...PLAIN, ...different };
}
