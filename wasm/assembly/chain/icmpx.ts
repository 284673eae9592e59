import { annex } from "../flow/annex.ts";
import { Flow } from "../flow/flow.ts";
import { optional, optionalAddress, optionalFlag } from "../output/field.ts";
import { Packet } from "../packet.ts";
import { code, identifier, questionOf, type } from "../wire/icmp.ts";

/** Kept a flow. */
@unmanaged
class State {
  /** Who sent the first error, of 16 octets; IPv4 has the first four. */
  from0: u64;
  from1: u64;
  identifier: u16;
  /** Of the first message each way, and of the first error. */
  typeForward: u8;
  codeForward: u8;
  typeReverse: u8;
  codeReverse: u8;
  errorType: u8;
  errorCode: u8;
  known: u8;
}

/** Bits of `known`; that of the reverse direction is one higher. */
const SEEN: u8 = 1;
const QUERY: u8 = 4;
const ERROR: u8 = 8;
const ERROR_REVERSE: u8 = 16;

export const NAME = "icmpx";
export const SUMMARY =
  "ICMP messages in detail, and the first error about a flow (RFC 792, RFC 4443)";
export const ANNEX: usize = offsetof<State>();

export function declare(): void {
  const known = offsetof<State>("known");
  optional(
    "icmp_type_fwd",
    offsetof<State>("typeForward"),
    1,
    known,
    SEEN,
    "type of the first ICMP message forward, null in other flows",
  );
  optional(
    "icmp_code_fwd",
    offsetof<State>("codeForward"),
    1,
    known,
    SEEN,
    "code of the first ICMP message forward, null in other flows",
  );
  optional(
    "icmp_type_rev",
    offsetof<State>("typeReverse"),
    1,
    known,
    SEEN << 1,
    "type of the first ICMP message in reverse, null before and in other flows",
  );
  optional(
    "icmp_code_rev",
    offsetof<State>("codeReverse"),
    1,
    known,
    SEEN << 1,
    "code of the first ICMP message in reverse, null before and in other flows",
  );
  optional(
    "icmp_id",
    offsetof<State>("identifier"),
    2,
    known,
    QUERY,
    "identifier of a query and its answers (echo, timestamp, address mask, extended echo), null in other flows",
  );
  optional(
    "icmp_error_type",
    offsetof<State>("errorType"),
    1,
    known,
    ERROR,
    "type of the first ICMP error that quotes a packet of the flow, null without",
  );
  optional(
    "icmp_error_code",
    offsetof<State>("errorCode"),
    1,
    known,
    ERROR,
    "code of that error, null without",
  );
  optionalAddress(
    "icmp_error_from",
    0,
    known,
    ERROR,
    "address of the router or host that sent that error, null without",
  );
  optionalFlag(
    "icmp_error_rev",
    known,
    ERROR_REVERSE,
    ERROR,
    "that error came in reverse, about a packet that went forward; null without",
  );
}

/** For ICMP messages: those that the flow has of its own, and errors that quote one of its packets. */
export function update(
  flow: Flow,
  at: usize,
  packet: Packet,
  reverse: bool,
  quoting: bool,
): void {
  const part = annex(at, ANNEX);
  if (part == 0) return;
  const state = changetype<State>(part);
  if (quoting) return met(state, packet, reverse);
  const message = packet.transport;
  const side: u8 = reverse ? SEEN << 1 : SEEN;
  if (state.known & side) return;
  state.known |= side;
  if (questionOf(flow.protocol, type(message)) != 0) {
    state.known |= QUERY;
    state.identifier = identifier(message);
  }
  if (reverse) {
    state.typeReverse = type(message);
    state.codeReverse = code(message);
  } else {
    state.typeForward = type(message);
    state.codeForward = code(message);
  }
}

/** Notes the first error about the flow. */
function met(state: State, packet: Packet, reverse: bool): void {
  if (state.known & ERROR) return;
  state.known |= reverse ? ERROR | ERROR_REVERSE : ERROR;
  state.errorType = type(packet.transport);
  state.errorCode = code(packet.transport);
  if (packet.version == 4) {
    state.from0 = load<u32>(packet.source);
  } else {
    state.from0 = load<u64>(packet.source);
    state.from1 = load<u64>(packet.source, 8);
  }
}
