import { Flow, FLOW_SIZE } from "../flow/flow.ts";
import { chain, chainAt } from "../output/field.ts";
import { Packet } from "../packet.ts";
import { readOptions } from "../wire/tcp_options.ts";
import * as tcpHeader from "../wire/tcp.ts";
import * as udpHeader from "../wire/udp.ts";
import * as basic from "./basic.ts";
import * as dns from "./dns.ts";
import * as dscp from "./dscp.ts";
import * as ecn from "./ecn.ts";
import * as evil from "./evil.ts";
import * as icmp from "./icmp.ts";
import * as mss from "./mss.ts";
import * as tcp from "./tcp.ts";
import * as tcpopt from "./tcpopt.ts";
import * as tcpx from "./tcpx.ts";
import * as tfo from "./tfo.ts";
import * as udp from "./udp.ts";

// One chain, one bit of the mask, one place in the flow. A new chain is a new line in each list. A
// chain's part of a new flow is all zeros, and it is there only when the chain is on.

const TCP: i32 = 1;
const ECN: i32 = 2;
const DSCP: i32 = 3;
const MSS: i32 = 4;
const TFO: i32 = 5;
const TCPOPT: i32 = 6;
const ICMP: i32 = 7;
const UDP: i32 = 8;
const EVIL: i32 = 9;
const DNS: i32 = 10;
const TCPX: i32 = 11;

/** Declares every chain and its fields, in the order of their bits. */
export function declareAll(): void {
  chain(basic.NAME, basic.SUMMARY);
  basic.declare();
  chain(tcp.NAME, tcp.SUMMARY);
  tcp.declare(TCP);
  chain(ecn.NAME, ecn.SUMMARY);
  ecn.declare();
  chain(dscp.NAME, dscp.SUMMARY);
  dscp.declare();
  chain(mss.NAME, mss.SUMMARY);
  mss.declare();
  chain(tfo.NAME, tfo.SUMMARY);
  tfo.declare();
  chain(tcpopt.NAME, tcpopt.SUMMARY);
  tcpopt.declare();
  chain(icmp.NAME, icmp.SUMMARY);
  icmp.declare();
  chain(udp.NAME, udp.SUMMARY);
  udp.declare();
  chain(evil.NAME, evil.SUMMARY);
  evil.declare();
  chain(dns.NAME, dns.SUMMARY);
  dns.declare();
  chain(tcpx.NAME, tcpx.SUMMARY);
  tcpx.declare(TCPX, MSS);
}

let mask: u32 = 0;
/** Octets of a flow with the parts of the chains that are on. */
let size: usize = FLOW_SIZE;

// Where each chain's part begins; 0 when it is off
let tcpAt: usize = 0;
let ecnAt: usize = 0;
let dscpAt: usize = 0;
let mssAt: usize = 0;
let tfoAt: usize = 0;
let tcpoptAt: usize = 0;
let icmpAt: usize = 0;
let udpAt: usize = 0;
let evilAt: usize = 0;
let dnsAt: usize = 0;
let tcpxAt: usize = 0;

/** Switches chains on, by their bits in the order of declaration; the octets of a flow. */
export function select(bits: u32): usize {
  mask = bits;
  size = FLOW_SIZE;
  // The widest numbers come first, so that each is aligned
  tcpxAt = put(TCPX, tcpx.SIZE);
  tfoAt = put(TFO, tfo.SIZE);
  // tcpx shows what mss keeps
  if (isOn(TCPX)) mask |= 1 << MSS;
  mssAt = put(MSS, mss.SIZE);
  ecnAt = put(ECN, ecn.SIZE);
  dscpAt = put(DSCP, dscp.SIZE);
  evilAt = put(EVIL, evil.SIZE);
  udpAt = put(UDP, udp.SIZE);
  tcpoptAt = put(TCPOPT, tcpopt.SIZE);
  icmpAt = put(ICMP, icmp.SIZE);
  dnsAt = put(DNS, dns.SIZE);
  tcpAt = put(TCP, tcp.SIZE);
  size = (size + 7) & ~7;
  return size;
}

function isOn(bit: i32): bool {
  return (mask & (1 << bit)) != 0;
}

function put(bit: i32, octets: usize): usize {
  const at = isOn(bit) ? size : 0;
  if (at != 0) size += octets;
  chainAt(bit).place = at;
  return at;
}

/** Lets every chain that is on see a packet of its flow; whether one of them completes the flow. */
export function update(flow: usize, packet: Packet, reverse: bool): bool {
  const on = mask;
  if (on & (1 << ECN)) ecn.update(flow + ecnAt, packet, reverse);
  if (on & (1 << DSCP)) dscp.update(flow + dscpAt, packet, reverse);
  if (on & (1 << EVIL)) evil.update(flow + evilAt, packet, reverse);
  if (packet.transport == 0) return false;
  if (packet.protocol == tcpHeader.PROTOCOL) {
    if (on & (1 << TCP)) tcp.update(flow + tcpAt, packet, reverse);
    if ((on & WITH_OPTIONS) != 0 && (packet.flags & tcpHeader.SYN) != 0) {
      updateSyn(flow, packet, reverse);
    }
    if (on & (1 << TCPX)) tcpx.update(changetype<Flow>(flow), flow + tcpxAt, packet, reverse);
  } else if ((on & (1 << UDP)) != 0 && packet.protocol == udpHeader.PROTOCOL) {
    udp.update(flow + udpAt, packet, reverse);
  }
  return (on & (1 << DNS)) != 0 && dns.update(flow + dnsAt, packet, reverse);
}

/** Chains that look at the options of a SYN. */
const WITH_OPTIONS: u32 = 1 << MSS | 1 << TFO | 1 << TCPOPT;

function updateSyn(flow: usize, packet: Packet, reverse: bool): void {
  readOptions(packet);
  if (isOn(MSS)) mss.update(flow + mssAt, reverse);
  if (isOn(TFO)) tfo.update(flow + tfoAt, packet, reverse);
  if (isOn(TCPOPT) && (packet.flags & tcpHeader.ACK) != 0) tcpopt.update(flow + tcpoptAt);
}

/** The same for an ICMP error that quotes a packet of the flow. */
export function updateQuoting(flow: usize, packet: Packet, reverse: bool): bool {
  return isOn(ICMP) && icmp.updateQuoting(flow + icmpAt, packet, reverse);
}
