// What the arms of a scan send: a frame of each arm and IP version, and where it differs from target
// to target. See src/scan/probe_template.ts.

import { inOrder, sum } from "../forge/checksum.ts";
import { allocate } from "../memory.ts";
import { putU16be, u32be } from "../wire/bytes.ts";
import { ETHERTYPE_IPV4, ETHERTYPE_IPV6 } from "../wire/encap/step.ts";
import { PROTOCOL as ICMP_4 } from "../wire/icmp.ts";
import { PROTOCOL as TCP } from "../wire/tcp.ts";
import { PROTOCOL as UDP } from "../wire/udp.ts";
import { MOST_ARMS } from "./token.ts";

/** How a frame carries its token: `ECHOES` in src/scan/load_probes.ts. */
export const SEQUENCE: u32 = 0;
export const DNS: u32 = 1;
export const TEXT: u32 = 2;
export const ECHO: u32 = 3;

/** Octets that frames are copied in, and of a link header at most. */
export const STEP: usize = 16;
/** Letters of a question at most: bits of a token that are left beside the id. */
const LETTERS: u32 = 16;
/** Added to sums from which something is taken later. It is 0 to them, as a multiple of 0xffff. */
const SPARE: u64 = 0xffff << 16;
/** Of the first word of an IPv6 header. */
const FLOW_LABEL: u32 = 0xf_ffff;

/** Places are octets from the begin of the frame on. */
@unmanaged
export class Template {
  /** What all frames of the arm have in common; 0 where there is none. */
  frame: usize;
  octets: usize;
  /** The sums of the IP header, and of the transport with what is the same in its pseudo-headers. */
  headerSum: u64;
  transportSum: u64;
  /** Where the IP header begins, and the transport's. */
  ip: usize;
  transport: usize;
  /** Where the transport's checksum stands; 0 for none. */
  checksum: usize;
  /** Where the echo stands, and how far its octets are shifted in the sum: 8 bits at an odd place. */
  echoAt: usize;
  echoShift: u64;
  /** The same of the value of TCP's timestamp; 0 for none. */
  timestampAt: usize;
  timestampShift: u64;
  /** Where letters stand, 16 bits each. */
  letters: usize;
  letterCount: u32;
  echo: u32;
  protocol: u32;
  version: u32;
  isUdp: bool;
  /** Whether the flow label is filled in (RFC 6437). */
  fillsLabel: bool;
}

const SIZE: usize = 128;
const LIST: usize = usize(LETTERS) * 2;
const templates: usize = memory.data(2048, 16);
const lists: usize = memory.data(512, 16);
/** Arms over IPv4 and over IPv6. */
let arms4: u32 = 0;
let arms6: u32 = 0;
/** Octets of the longest frame. */
export let longestFrame: usize = 0;

let link: usize = 0;
let linkOctets: usize = 0;

/** How many arms are sent over a version of IP. */
export function armsOver(version: u32): u32 {
  return version == 4 ? arms4 : arms6;
}

/** An arm's template, which is there. */
export function templateOf(version: u32, arm: u32): Template {
  return changetype<Template>(templates + usize((version == 4 ? 0 : MOST_ARMS) + arm) * SIZE);
}

/** Where the header of the link goes, of 0 or 14 octets, before any template; 0 when memory is used up. */
export function scanLink(octets: usize): usize {
  linkOctets = octets;
  link = allocate(STEP);
  return link;
}

/**
 * Adds the template of the next arm of a version. Its packet goes to the place that is returned, 0
 * when memory is used up or it is one arm too many. Places are octets from the IP header on here; 0
 * for none.
 */
export function scanTemplate(
  version: u32,
  octets: usize,
  transport: usize,
  protocol: u32,
  hasChecksum: bool,
  echo: u32,
  echoAt: usize,
  timestampAt: usize,
): usize {
  const arm = armsOver(version);
  if (arm == MOST_ARMS) return 0;
  const whole = linkOctets + octets;
  const frame = allocate(whole + STEP);
  if (frame == 0) return 0;
  const to = templateOf(version, arm);
  to.frame = frame;
  to.octets = whole;
  to.ip = linkOctets;
  to.transport = linkOctets + transport;
  to.checksum = hasChecksum ? to.transport + checksumAt(protocol) : 0;
  to.echoAt = linkOctets + echoAt;
  to.echoShift = shift(echoAt, transport);
  to.timestampAt = timestampAt == 0 ? 0 : linkOctets + timestampAt;
  to.timestampShift = shift(timestampAt, transport);
  to.letters = lists + usize((version == 4 ? 0 : MOST_ARMS) + arm) * LIST;
  to.letterCount = 0;
  to.echo = echo;
  to.protocol = protocol;
  to.isUdp = protocol == UDP;
  to.version = version;
  if (version == 4) arms4 = arm + 1;
  else arms6 = arm + 1;
  longestFrame = max(longestFrame, whole);
  return frame + linkOctets;
}

/** Adds a letter of the question to the template that was added last; false when it is one too many. */
export function scanLetter(version: u32, at: usize): bool {
  const to = templateOf(version, armsOver(version) - 1);
  if (to.letterCount == LETTERS) return false;
  store<u16>(to.letters + usize(to.letterCount++) * 2, u16(to.ip + at));
  return true;
}

/** Completes templates whose packets stand where they go. */
export function completeTemplates(): void {
  for (let arm: u32 = 0; arm < arms4; arm++) complete(templateOf(4, arm));
  for (let arm: u32 = 0; arm < arms6; arm++) complete(templateOf(6, arm));
}

function complete(to: Template): void {
  const frame = to.frame;
  const ip = frame + to.ip;
  const transport = frame + to.transport;
  memory.copy(frame, link, linkOctets);
  if (linkOctets > 0) putU16be(ip - 2, to.version == 4 ? ETHERTYPE_IPV4 : ETHERTYPE_IPV6);
  to.fillsLabel = to.version == 6 && (u32be(ip) & FLOW_LABEL) == 0;
  to.headerSum = sum(ip, transport - ip);
  const octets = frame + to.octets - transport;
  to.transportSum = SPARE + sum(transport, octets);
  // That of ICMP over IPv4 has no pseudo-header in its checksum (RFC 792)
  if (to.protocol != ICMP_4) to.transportSum += inOrder(to.protocol) + inOrder(u32(octets));
}

/** Where the checksum stands in a transport header. */
function checksumAt(protocol: u32): usize {
  return protocol == TCP ? 16 : protocol == UDP ? 6 : 2;
}

function shift(at: usize, transport: usize): u64 {
  return u64((at - transport) & 1) << 3;
}
