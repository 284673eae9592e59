import { wallClock } from "../../host/clock.ts";
import { LinkWatch } from "../../host/link_watch.ts";
import { Reactor, READY } from "../../host/reactor.ts";
import { captureProblem } from "../../host/still_usable.ts";
import { MOST_LISTED } from "../packet_list.ts";
import { drain, finish, type Observation, take } from "../observe.ts";
import { BATCH } from "./lane.ts";
import type { LiveInterface } from "./live_interface.ts";
import type { Sources } from "./sources.ts";

const ROUNDS_A_TURN = 8;
/** When nothing waits, packets older than this have surely been read, in milliseconds. */
const SETTLED = 1000;

/**
 * Watches interfaces to a limit, until it is stopped, or until the capture of one breaks off: of
 * flows that go through two, the other alone would show half.
 *
 * @returns why it broke off, the end of a sentence; null when it did not
 */
export async function observeLive(
  interfaces: readonly LiveInterface[],
  sources: Sources,
  observation: Observation,
): Promise<string | null> {
  const { table, limits, stop } = observation;
  using reactor = new Reactor();
  const end = () => reactor.stop();
  const watch = (events: number) => {
    for (const { capture } of interfaces) reactor.modify(capture.fd, events);
  };
  let problem: string | null = null;
  const look = () => {
    problem ??= problemOf(interfaces);
    if (problem !== null) end();
  };
  // libpcap does not report an interface that is down: it waits for its return
  using _watch = new LinkWatch(reactor, {
    changed({ links, lost }) {
      for (const { seenOn } of interfaces) {
        if (lost) seenOn?.forgetAll();
        else for (const index of links) seenOn?.forget(index);
      }
      if (links.size > 0 || lost) look();
    },
  });
  for (const { capture } of interfaces) {
    reactor.add(capture.fd, READY.read, () => {}); // being readable only has to end the wait
  }
  let reading = true;
  let ended = false;
  /** Leaves packets to the kernel, which counts those that it drops, until records are wanted. */
  const pause = (room: Promise<void>) => {
    reading = false;
    watch(0);
    room.then(() => {
      reading = true;
      if (!ended) watch(READY.read);
    });
  };
  const pump = () => takeRound(interfaces, sources, observation);
  reactor.onTurn(() => {
    if (reading) {
      let some = true;
      for (let i = 0; i < ROUNDS_A_TURN && some; i++) some = pump();
      if (!some) table.advance(wallClock() - SETTLED);
      drain(observation);
      const room = observation.room(stop);
      if (room !== null) pause(room);
    }
    limits.tell(wallClock());
    problem ??= faultOf(interfaces);
    if (problem !== null || limits.reached !== null) end();
  });
  stop.addEventListener("abort", end, { once: true });
  try {
    look(); // what has changed since they were opened
    if (!stop.aborted) await reactor.run();
  } finally {
    stop.removeEventListener("abort", end); // the reactor is closed when a later stop comes
  }
  ended = true;
  for (const { capture } of interfaces) reactor.remove(capture.fd);
  limits.end(wallClock()); // or on a busy link the last turn would never end
  let some = true;
  while (some) {
    some = pump();
  }
  for (const { lane } of interfaces) lane.release();
  takeWaiting(interfaces, sources, observation);
  finish(observation);
  return problem ?? faultOf(interfaces);
}

/** Reads what waits on each interface, and takes it; whether there was something within the limits. */
function takeRound(
  interfaces: readonly LiveInterface[],
  sources: Sources,
  observation: Observation,
): boolean {
  const { limits } = observation;
  const now = performance.now();
  let read = 0;
  for (const { capture, lane } of interfaces) {
    if (capture.ended || limits.reached !== null) continue;
    const before = lane.to - lane.from;
    lane.fill(capture, limits.allow(BATCH), now);
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

/** What has become of an interface, the end of a sentence; null while all can be captured on. */
function problemOf(interfaces: readonly LiveInterface[]): string | null {
  for (const { name, index } of interfaces) {
    const problem = index === 0 ? null : captureProblem({ name, index });
    if (problem !== null) return interfaces.length === 1 ? problem : `${name}: ${problem}`;
  }
  return null;
}

/** Why libpcap gave up one of the captures; null while it did not. */
function faultOf(interfaces: readonly LiveInterface[]): string | null {
  for (const { name, capture: { fault } } of interfaces) {
    if (fault !== null) return interfaces.length === 1 ? fault : `${name}: ${fault}`;
  }
  return null;
}
