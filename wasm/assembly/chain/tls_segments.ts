import { annex, annexIfAny } from "../flow/annex.ts";
import { Flow } from "../flow/flow.ts";
import { keep } from "../flow/pieces.ts";
import { Packet } from "../packet.ts";
import { OVER_TCP } from "../wire/ja4.ts";
import { payload, payloadLength, sequence, SYN } from "../wire/tcp.ts";
import * as tls from "../wire/tls.ts";
import {
  BUSY,
  CLIENT,
  CUT,
  drop,
  ended,
  GAP,
  giveUp,
  INCOMPLETE,
  isAhead,
  LONG,
  mayBeAhead,
  Pending,
  pendingOf,
  SERVER,
  SIZE,
  State,
  wait,
} from "./tls_state.ts";

/** The first segment each way that begins with a hello, and those with its rest, in any order. */
export function segment(flow: Flow, at: usize, packet: Packet, reverse: bool): void {
  const octets = payloadLength(packet);
  if (octets == 0) return;
  let part = annexIfAny(at);
  if (part != 0) {
    const pending = pendingOf(part, reverse);
    if (pending.wanted != 0) return goOnReading(changetype<State>(part), pending, packet);
  }
  const from = payload(packet);
  const type = tls.helloAt(from, packet.end);
  if (type == 0) {
    if (part != 0 && sequence(packet.transport) == pendingOf(part, reverse).begin) {
      drop(pendingOf(part, reverse));
    } else if (!reverse) holdBack(flow, at, packet, octets);
    return;
  }
  const which = type == tls.CLIENT_HELLO ? CLIENT : SERVER;
  if (part == 0) part = annex(at, SIZE);
  if (part == 0) return;
  const state = changetype<State>(part);
  if ((state.known & which) != 0 || state.unread != 0) return;
  const pending = pendingOf(part, reverse);
  const begin = sequence(packet.transport);
  if (pending.begin != begin) drop(pending);
  const status = tls.readHello(from, min(packet.end, from + octets));
  if (status != tls.MORE) {
    drop(pending);
    return ended(state, status, OVER_TCP);
  }
  if (from + octets > packet.end) return giveUp(state, pending, CUT);
  const wanted = octets + tls.missing;
  if (wanted > tls.LONGEST) return giveUp(state, pending, LONG);
  if (!wait(pending, wanted)) return giveUp(state, pending, BUSY);
  pending.begin = begin;
  if (!keep(pending, 0, from, octets)) return giveUp(state, pending, BUSY);
  lookAt(state, pending);
}

/**
 * Keeps what has overtaken the beginning of what the client sends, and may be the rest of a hello. Where
 * the flow has had fewer octets than lie before it, its beginning has not come.
 */
function holdBack(flow: Flow, at: usize, packet: Packet, octets: usize): void {
  const first = flow.initialSequence;
  if (first == 0 || (packet.flags & SYN) != 0) return;
  const begin = first + 1;
  const place: usize = sequence(packet.transport) - begin;
  if (place == 0 || place >= tls.LONGEST || octets > tls.LONGEST - place) return;
  if (flow.octetsForward - packet.octets >= u64(place)) return;
  const there = min(octets, packet.end - payload(packet));
  const part = annex(at, SIZE);
  if (part == 0) return;
  const state = changetype<State>(part);
  if ((state.known & CLIENT) != 0 || state.unread != 0) return;
  const pending = pendingOf(part, false);
  const isNew = pending.octets == 0;
  if (!mayBeAhead(pending) || !keep(pending, place, payload(packet), there)) return;
  pending.begin = begin;
  if (isNew) isAhead();
}

/** Adds what a segment has, and reads the hello when it may be whole. */
function goOnReading(state: State, pending: Pending, packet: Packet): void {
  let from = payload(packet);
  let octets = payloadLength(packet);
  const before: usize = pending.begin - sequence(packet.transport);
  let place: usize = 0;
  if (i32(before) > 0) {
    if (before >= octets) return;
    from += before;
    octets -= before;
  } else place = 0 - before;
  if (place + octets <= pending.length) return;
  if (place >= tls.LONGEST) return giveUp(state, pending, GAP);
  octets = min(octets, tls.LONGEST - place);
  const there = packet.end > from ? min(octets, packet.end - from) : 0;
  if (there < octets && place + there < pending.wanted) return giveUp(state, pending, CUT);
  if (!keep(pending, place, from, there)) return giveUp(state, pending, BUSY);
  lookAt(state, pending);
}

/** Reads the hello if as much of it is there as is known to be needed. */
function lookAt(state: State, pending: Pending): void {
  while (pending.length >= pending.wanted) {
    const status = tls.readHello(pending.octets, pending.octets + pending.length);
    if (status != tls.MORE) {
      drop(pending);
      state.unread = 0;
      return ended(state, status, OVER_TCP);
    }
    const wanted = pending.length + tls.missing;
    if (wanted > tls.LONGEST) return giveUp(state, pending, LONG);
    pending.wanted = u16(wanted);
  }
  state.unread = pending.last > pending.length ? GAP : INCOMPLETE;
}
