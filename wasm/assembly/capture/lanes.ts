import { list, listed, MOST } from "./list.ts";
import { RECORD } from "./records.ts";

// Packets of a live capture on one interface or several. Each interface has a handle of its own, and
// a lane: what was read of it, as pcap_dump(3) wrote it, in its order. Packets are listed in the
// order of their times, whichever lane they are in: an answer that came in elsewhere must not come
// before the packet that it answers.

/** Nothing more comes: its interface is away. */
const CLOSED: u8 = 0;
/** All that waited has been read. */
const DRAINED: u8 = 1;
/** More waits to be read. */
const MORE: u8 = 2;

@unmanaged
class Lane {
  /** Where its next packet is, and where its packets end. */
  at: usize;
  end: usize;
  /** Before this place nothing that is still to be read of other lanes can be earlier. */
  due: usize;
  /** What a unit of a time's fraction is worth, in nanoseconds. */
  fraction: u32;
  /** Number of its interface. */
  source: u32;
  state: u8;
}

/** The most lanes. */
const LANES: i32 = 64;

const SIZE: usize = 32;
const places: usize = memory.data(2048, 64);

function laneOf(i: i32): Lane {
  return changetype<Lane>(places + usize(i) * SIZE);
}

/** Says what is in a lane, of those that there may be. */
export function setLane(
  i: i32,
  at: usize,
  end: usize,
  due: usize,
  fraction: u32,
  source: u32,
  state: u8,
): void {
  if (u32(i) >= u32(LANES)) return;
  const lane = laneOf(i);
  lane.at = at;
  lane.end = end;
  lane.due = due;
  lane.fraction = fraction;
  lane.source = source;
  lane.state = state;
}

/** Where the next packet of a lane is. */
export function laneAt(i: i32): usize {
  return laneOf(min(i, LANES - 1)).at;
}

/**
 * Lists the packets of the first lanes, in the order of their times, until the list is full or a
 * lane's next packet has to be waited for.
 */
export function listLanes(count: i32): void {
  const lanes = min(count, LANES);
  while (listed < MOST) {
    let first: i32 = -1;
    let earliest = u64.MAX_VALUE;
    /** When the next packet of any other lane was captured. */
    let next = u64.MAX_VALUE;
    let waits = false;
    for (let i = 0; i < lanes; i++) {
      const lane = laneOf(i);
      if (lane.at + RECORD > lane.end) {
        if (lane.state == MORE) return;
        if (lane.state != CLOSED) waits = true;
        continue;
      }
      const time = timeOf(lane);
      if (time < earliest) {
        next = earliest;
        earliest = time;
        first = i;
      } else if (time < next) next = time;
    }
    if (first < 0 || !listRun(laneOf(first), next, waits)) return;
  }
}

/** Lists packets of a lane up to a time; whether there was one. */
function listRun(lane: Lane, until: u64, onlyDue: bool): bool {
  const end = onlyDue ? min(lane.due, lane.end) : lane.end;
  const source = lane.source;
  const begin = lane.at;
  let at = begin;
  while (at + RECORD <= end && listed < MOST) {
    const time = u64(load<u32>(at)) * 1_000_000_000 + u64(load<u32>(at, 4)) * lane.fraction;
    if (time > until) break;
    const captured = load<u32>(at, 8);
    if (usize(captured) > end - at - RECORD) break;
    list(time, at + RECORD, captured, load<u32>(at, 12), source);
    at += RECORD + usize(captured);
  }
  lane.at = at;
  return at != begin;
}

function timeOf(lane: Lane): u64 {
  return u64(load<u32>(lane.at)) * 1_000_000_000 + u64(load<u32>(lane.at, 4)) * lane.fraction;
}
