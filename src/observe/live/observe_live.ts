import { wallClock } from "../../host/clock.ts";
import { LinkWatch } from "../../host/link_watch.ts";
import { Reactor, READY } from "../../host/reactor.ts";
import { MOST_LISTED } from "../packet_list.ts";
import { drain, finish, type Observation, take } from "../observe.ts";
import { BATCH } from "./lane.ts";
import type { LiveInterface } from "./live_interface.ts";
import { Presence, type PresenceOptions } from "./presence.ts";
import type { Sources } from "./sources.ts";

const ROUNDS_A_TURN = 8;
/** When nothing waits, packets older than this have surely been read, in milliseconds. */
const SETTLED = 1000;

/** What interfaces are observed with. */
export interface LiveObservation extends Pick<PresenceOptions, "wait" | "listener"> {
  readonly sources: Sources;
}

/**
 * Watches interfaces to a limit, until it is stopped, or until one is lost that is not to be waited
 * for: of flows that go through two, the other alone would show half.
 *
 * @returns why it broke off, the end of a sentence; null when it did not
 */
export async function observeLive(
  interfaces: readonly LiveInterface[],
  observation: Observation,
  { sources, wait, listener }: LiveObservation,
): Promise<string | null> {
  const { table, limits, stop } = observation;
  using reactor = new Reactor();
  const end = () => reactor.stop();
  let reading = true;
  let ended = false;
  const captures = () => interfaces.flatMap(({ capture }) => capture ?? []);
  // Being readable only has to end the wait
  const watch = (fd: number) => reactor.add(fd, reading ? READY.read : 0, () => {});
  const presence = new Presence(interfaces, {
    wait,
    listener,
    opened: ({ capture }) => watch(capture!.fd),
    closing: ({ capture }) => reactor.remove(capture!.fd),
  });
  // libpcap does not report an interface that is down: it waits for its return
  using _watch = new LinkWatch(reactor, {
    link: (link) => presence.changed(link),
    changed({ lost }) {
      if (lost) presence.changedAll();
    },
  });
  for (const { fd } of captures()) watch(fd);
  /** Leaves packets to the kernel, which counts those that it drops, until records are wanted. */
  const pause = (room: Promise<void>) => {
    reading = false;
    for (const { fd } of captures()) reactor.modify(fd, 0);
    room.then(() => {
      reading = true;
      if (ended) return;
      for (const { fd } of captures()) reactor.modify(fd, READY.read);
    });
  };
  const read = () => takeRound(interfaces, sources, observation);
  reactor.onTurn(() => {
    if (reading) {
      let some = true;
      for (let i = 0; i < ROUNDS_A_TURN && some; i++) some = read();
      presence.turn();
      if (!some) table.advance(wallClock() - SETTLED);
      drain(observation);
      const room = observation.room(stop);
      if (room !== null) pause(room);
    }
    limits.tell(wallClock());
    if (presence.isOver || limits.reached !== null) end();
  });
  stop.addEventListener("abort", end, { once: true });
  try {
    if (!stop.aborted) await reactor.run();
  } finally {
    stop.removeEventListener("abort", end); // the reactor is closed when a later stop comes
  }
  ended = true;
  for (const { fd } of captures()) reactor.remove(fd);
  limits.end(wallClock()); // or on a busy link the last turn would never end
  let some = true;
  while (some) some = read();
  for (const { lane } of interfaces) lane.release();
  takeWaiting(interfaces, sources, observation);
  finish(observation);
  return presence.problem;
}

/** Reads what waits on each interface, and takes it; whether there was something within the limits. */
function takeRound(
  interfaces: readonly LiveInterface[],
  sources: Sources,
  observation: Observation,
): boolean {
  const { limits } = observation;
  const began = performance.now();
  let read = 0;
  for (const { capture, lane, isLeft } of interfaces) {
    // One that has broken off may have packets left
    if (capture === null || capture.ended && !isLeft || limits.reached !== null) continue;
    const before = lane.to - lane.from;
    lane.fill(capture, limits.allow(BATCH), began);
    read += lane.to - lane.from - before;
  }
  return takeWaiting(interfaces, sources, observation) || read > 0;
}

/** Takes packets that were read, in the order of their times; whether there were some within the limits. */
function takeWaiting(
  interfaces: readonly LiveInterface[],
  sources: Sources,
  observation: Observation,
): boolean {
  const { table, limits } = observation;
  const lanes = interfaces.map(({ lane }) => lane);
  let taken = 0;
  while (limits.reached === null) {
    table.packets.cut(0);
    table.input(MOST_LISTED);
    table.findInLanes(lanes);
    if (table.packets.count === 0) break;
    for (const { seenOn } of interfaces) seenOn?.attribute(table.packets);
    taken += take(observation, sources.interfaces);
  }
  return taken > 0;
}
