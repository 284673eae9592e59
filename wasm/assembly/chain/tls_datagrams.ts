import { annex, annexIfAny } from "../flow/annex.ts";
import { keep } from "../flow/pieces.ts";
import { Packet } from "../packet.ts";
import { OVER_QUIC } from "../wire/ja4.ts";
import * as initial from "../wire/quic_initial.ts";
import * as tls from "../wire/tls.ts";
import { payload, payloadLength } from "../wire/udp.ts";
import {
  BUSY,
  CLIENT,
  CUT,
  drop,
  ended,
  GAP,
  giveUp,
  INCOMPLETE,
  LONG,
  MALFORMED,
  Pending,
  pendingOf,
  SIZE,
  State,
  wait,
} from "./tls_state.ts";

/** A client's datagram with an Initial packet is padded to so many octets (RFC 9000, section 14.1). */
const LEAST: usize = 1200;
/** A handshake message tells its length in the first of its octets. */
const HEADER: usize = 4;

/** Datagrams of QUIC with what a client says first. */
export function datagram(at: usize, packet: Packet, reverse: bool): void {
  const from = payload(packet);
  const octets = min(payloadLength(packet), packet.ip + packet.octets - from);
  const to = min(packet.end, from + octets);
  if (octets < LEAST || from >= to || load<u8>(from) < 0xc0) return;
  let part = annexIfAny(at);
  if (part != 0 && isSettled(changetype<State>(part), pendingOf(part, reverse))) return;
  for (let next = from; next < to; next = initial.behind) {
    const status = initial.openInitial(next, to, from + octets);
    if (status == initial.NO_INITIAL) return;
    if (part == 0) part = annex(at, SIZE);
    if (part == 0) return;
    const state = changetype<State>(part);
    const pending = pendingOf(part, reverse);
    if (status == initial.CUT) return giveUp(state, pending, CUT);
    takeFrames(state, pending);
    if (isSettled(state, pending)) return;
  }
}

/** Whether there is nothing left to wait for. */
function isSettled(state: State, pending: Pending): bool {
  return (state.known & CLIENT) != 0 || state.unread != 0 && pending.wanted == 0;
}

/** Adds what the frames of the packet that is open have of the hello. */
function takeFrames(state: State, pending: Pending): void {
  while (initial.nextCrypto()) {
    const octets = initial.dataLength;
    if (initial.offset > tls.LONGEST || usize(initial.offset) + octets > tls.LONGEST) {
      return giveUp(state, pending, LONG);
    }
    if (octets == 0) continue;
    if (pending.wanted == 0 && !wait(pending, HEADER)) return giveUp(state, pending, BUSY);
    if (!keep(pending, usize(initial.offset), initial.data, octets)) {
      return giveUp(state, pending, BUSY);
    }
  }
  if (pending.wanted != 0) lookAt(state, pending);
}

/** Reads the hello if it is there to its end. */
function lookAt(state: State, pending: Pending): void {
  while (pending.length >= pending.wanted) {
    const message: usize = pending.octets;
    if (load<u8>(message) != tls.CLIENT_HELLO) return giveUp(state, pending, MALFORMED);
    const status = tls.readMessage(message, message + pending.length);
    if (status != tls.MORE) {
      drop(pending);
      state.unread = 0;
      return ended(state, status, OVER_QUIC);
    }
    pending.wanted = u16(min(pending.length + tls.missing, tls.LONGEST));
  }
  state.unread = pending.last > pending.length ? GAP : INCOMPLETE;
}
