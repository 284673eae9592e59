import { FLOW_SIZE } from "../flow/flow.ts";
import { chain } from "../output/field.ts";
import { Packet } from "../packet.ts";
import * as basic from "./basic.ts";
import * as ecn from "./ecn.ts";
import * as tcp from "./tcp.ts";
import * as tcpx from "./tcpx.ts";

// One chain, one place in the flow, one bit of the mask: a new chain is a new line in each list.

const TCP_AT: usize = (FLOW_SIZE + 7) & ~7;
const ECN_AT: usize = TCP_AT + tcp.SIZE;
const TCPX_AT: usize = ECN_AT + ecn.SIZE;

const TCP: u32 = 1 << 1;
const ECN: u32 = 1 << 2;
const TCPX: u32 = 1 << 3;

/** Octets of a flow with the parts of all chains up to the last that is on. */
export function sizeOf(bits: u32): usize {
  if (bits & TCPX) return TCPX_AT + tcpx.SIZE;
  if (bits & ECN) return ECN_AT + ecn.SIZE;
  if (bits & TCP) return TCP_AT + tcp.SIZE;
  return FLOW_SIZE;
}

let mask: u32 = 0;

/** Switches chains on, by their bits in the order of declaration. */
export function select(bits: u32): void {
  mask = bits;
}

/** Declares every chain and its fields, in the order of their bits. */
export function declareAll(): void {
  chain(basic.NAME, basic.SUMMARY);
  basic.declare();
  chain(tcp.NAME, tcp.SUMMARY);
  tcp.declare(TCP_AT);
  chain(ecn.NAME, ecn.SUMMARY);
  ecn.declare(ECN_AT);
  chain(tcpx.NAME, tcpx.SUMMARY);
  tcpx.declare(TCPX_AT);
}

/** Gives a new flow its starting values. */
export function begin(flow: usize): void {
  if (mask & TCP) tcp.begin(flow + TCP_AT);
  if (mask & TCPX) tcpx.begin(flow + TCPX_AT);
}

/** Lets every chain that is on see a packet of its flow. */
export function update(flow: usize, packet: Packet, reverse: bool): void {
  if (mask & TCP) tcp.update(flow + TCP_AT, packet, reverse);
  if (mask & ECN) ecn.update(flow + ECN_AT, packet, reverse);
  if (mask & TCPX) tcpx.update(flow + TCPX_AT, packet, reverse);
}
