import type { Ends, Packet } from "./packet.ts";

/** A packet as a flow counts it. */
export interface Counted {
  readonly packet: Packet;
  readonly reverse: boolean;
  /** An ICMP error that quotes a packet of the flow. */
  readonly error: boolean;
}

/** A flow with all its packets, so that each field can be read from them at the end. */
export interface JudgedFlow {
  readonly ends: Ends;
  readonly packets: Counted[];
}

/** The rules of flows (design, section 5), in seconds. */
export interface Rules {
  readonly idle: number;
  readonly linger: number;
}

interface Open extends JudgedFlow {
  last: bigint;
  completed: bigint | null;
  /** Handshakes that are not the flow's own, and may begin another one on its ports. */
  waiting: Packet[];
}

/** How many wait for one flow. */
const MOST_WAITING = 8;

const FIN = 1, SYN = 2, RST = 4, ACK = 16;
const SECOND = 1_000_000_000n;

const sourceOf = ({ source, sourcePort, subject }: Ends) =>
  `${source} ${subject?.sourcePort ?? sourcePort ?? ""}`;
const destinationOf = ({ destination, destinationPort, subject }: Ends) =>
  `${destination} ${subject?.destinationPort ?? destinationPort ?? ""}`;
const keyOf = (ends: Ends) =>
  [ends.protocol, ...[sourceOf(ends), destinationOf(ends)].sort(), ...ends.apart].join();
const isForward = (flow: JudgedFlow, ends: Ends) => sourceOf(ends) === sourceOf(flow.ends);

/** Sorts packets into flows. `passed`: how many were later fragments of nothing that was seen. */
export function flowsOf(
  packets: readonly Packet[],
  { idle, linger }: Rules,
): { flows: JudgedFlow[]; passed: number } {
  const flows: Open[] = [];
  const open = new Map<string, Open>();
  const datagrams = new Map<string, Packet>();
  const early = new Map<string, Packet[]>();
  let passed = 0;

  const longest = BigInt(Math.max(idle, linger)) * SECOND;
  /** The latest time so far; one that falls back by more than any timeout is the new time. */
  let clock = 0n;
  const lastOf = ({ last, waiting }: Open) =>
    waiting.reduce((latest, { nanoseconds }) => nanoseconds > latest ? nanoseconds : latest, last);
  const deadlineOf = (flow: Open) =>
    flow.completed === null
      ? lastOf(flow) + BigInt(idle) * SECOND
      : flow.completed + BigInt(linger) * SECOND;
  const arrive = (time: bigint) => {
    if (time + longest >= clock) {
      if (time > clock) clock = time;
      return;
    }
    for (const [key, flow] of open) {
      const isFuture = flow.completed !== null && flow.completed > time;
      if (isFuture || deadlineOf(flow) < clock) open.delete(key);
    }
    clock = time;
  };
  const isOver = (flow: Open): boolean => deadlineOf(flow) < clock;
  const isReopened = (flow: Open, packet: Packet): boolean => {
    if (flow.completed === null || packet.tcp === null || !isOpening(packet)) return false;
    return packet.tcp.sequence !== firstSyn(flow)?.sequence;
  };
  const add = (flow: Open, packet: Packet, reverse: boolean, error: boolean) => {
    const counted = { packet, reverse, error };
    flow.packets.push(counted);
    if (packet.nanoseconds > flow.last) flow.last = packet.nanoseconds;
    if (flow.completed === null && isEnded(flow)) flow.completed = packet.nanoseconds;
  };

  /** Nothing has come of what waits: it is the flow's. */
  const settle = (flow: Open, own: (packet: Packet) => boolean = () => true) => {
    const waiting = flow.waiting.splice(0);
    for (const packet of waiting.filter(own)) add(flow, packet, !isForward(flow, packet), false);
    return waiting.filter((packet) => !own(packet));
  };
  const begin = (packet: Packet): Open => {
    const old = open.get(keyOf(packet));
    if (old !== undefined) settle(old);
    const ends = answersSyn(packet) ? reversed(packet) : packet;
    const flow = { ends, packets: [], last: packet.nanoseconds, completed: null, waiting: [] };
    flows.push(flow);
    open.set(keyOf(packet), flow);
    return flow;
  };
  /** The flow that a strange handshake begins, which it completes; undefined where it has to wait. */
  const strange = (flow: Open, packet: Packet): Open | undefined => {
    const mate = flow.waiting.find((other) =>
      sourceOf(other) !== sourceOf(packet) && (isAnswer(packet, other) || isAnswer(other, packet))
    );
    if (mate === undefined) {
      if (flow.waiting.length === MOST_WAITING) {
        const oldest = flow.waiting.shift()!;
        add(flow, oldest, !isForward(flow, oldest), false);
      }
      flow.waiting.push(packet);
      return undefined;
    }
    const begins = new Map([packet, mate].map((one) => [sourceOf(one), one.tcp!.sequence]));
    const others = settle(flow, (one) => begins.get(sourceOf(one)) !== one.tcp!.sequence);
    const next = begin(others[0]!);
    for (const other of others) add(next, other, !isForward(next, other), false);
    return next;
  };

  const opened = (ends: Ends, packet: Packet) => {
    const flow = open.get(keyOf(ends));
    return flow === undefined || isOver(flow) || isReopened(flow, packet) ? undefined : flow;
  };
  /** Ends of the first fragment of a later one, if it was seen not long ago. */
  const begun = (later: Ends, datagram: string, { nanoseconds }: Packet): Ends | undefined => {
    const first = datagrams.get(datagramOf(later, datagram));
    return first !== undefined && isRecent(first, nanoseconds) ? first : undefined;
  };
  /** The flow that an error is about, and the ends that say so. */
  const quoted = (packet: Packet): [Open, Ends] | undefined => {
    for (const ends of quotations(packet)) {
      const { datagram } = packet.quoted!;
      const whole = datagram === null ? ends : begun(ends, datagram, packet);
      const flow = whole && opened(whole, packet);
      if (flow !== undefined) return [flow, whole!];
    }
  };

  for (const packet of packets) {
    arrive(packet.nanoseconds);
    const about = quoted(packet);
    if (about !== undefined) {
      const [flow, ends] = about;
      settle(flow);
      add(flow, packet, isForward(flow, ends), true);
      continue;
    }
    if (!packet.first) {
      const first = begun(packet, packet.fragment!, packet);
      const flow = first && opened(first, packet);
      if (flow === undefined) passed++;
      else {
        settle(flow);
        add(flow, packet, !isForward(flow, first!), false);
      }
      if (first !== undefined) continue;
      const datagram = datagramOf(packet, packet.fragment!);
      early.set(datagram, [...early.get(datagram) ?? [], packet]);
      continue;
    }
    if (packet.fragment !== null) datagrams.set(datagramOf(packet, packet.fragment), packet);
    let flow = opened(packet, packet);
    if (flow === undefined) flow = begin(packet);
    else if (isStrange(flow, packet)) flow = strange(flow, packet);
    else settle(flow);
    if (flow === undefined) continue;
    add(flow, packet, !isForward(flow, packet), false);
    if (packet.fragment === null) continue;
    // Those that came before it
    const waiting = early.get(datagramOf(packet, packet.fragment)) ?? [];
    early.delete(datagramOf(packet, packet.fragment));
    for (const later of waiting.filter((later) => isRecent(packet, later.nanoseconds))) {
      add(flow, later, !isForward(flow, packet), false);
      passed--;
    }
  }
  for (const flow of flows) settle(flow);
  return { flows, passed };
}

/**
 * The ends that an error may mean: those that it quotes, or, since a translator of addresses may
 * have changed one side only, with the receiver as their source or the sender as destination.
 */
function quotations({ quoted, source, destination }: Packet): Ends[] {
  if (quoted === null) return [];
  return [quoted, { ...quoted, source: destination }, { ...quoted, destination: source }];
}

const datagramOf = ({ source, destination, apart }: Ends, datagram: string) =>
  [source, destination, datagram, ...apart].join();

/** A fragment comes within 30 s of the first, as long as hosts wait (Linux, ipfrag_time). */
function isRecent(first: Packet, now: bigint): boolean {
  const age = now - first.nanoseconds;
  return age <= 30n * SECOND && age >= -30n * SECOND;
}

/** A SYN-ACK, whose receiver began the connection. */
function answersSyn({ tcp }: Packet): boolean {
  return tcp !== null && (tcp.flags & (SYN | ACK)) === (SYN | ACK);
}

function reversed(
  { protocol, source, destination, sourcePort, destinationPort, apart }: Ends,
): Ends {
  return {
    ...{ protocol, source: destination, destination: source, apart },
    ...{ sourcePort: destinationPort, destinationPort: sourcePort },
  };
}

/** A SYN without ACK. */
function isOpening({ tcp }: Packet): boolean {
  return tcp !== null && (tcp.flags & (SYN | ACK)) === SYN;
}

/** The first SYN without ACK of a flow. */
function firstSyn({ packets }: JudgedFlow): Packet["tcp"] {
  return packets.find(({ packet }) => isOpening(packet))?.packet.tcp ?? null;
}

/**
 * Whether a segment is of a handshake that an established connection has had no part in: its sender
 * begins with another number, and does not answer the connection's SYN.
 */
function isStrange(flow: Open, { tcp, fragment }: Packet): boolean {
  if (flow.completed !== null || tcp === null || fragment !== null) return false;
  if ((tcp.flags & (SYN | FIN | RST)) !== SYN) return false;
  const first = firstSyn(flow)?.sequence ?? 0;
  if (tcp.sequence === first) return false;
  if ((tcp.flags & ACK) !== 0 && tcp.acknowledgement === (first + 1) % 2 ** 32) return false;
  return flow.packets.some(({ packet, error }) =>
    !error && packet.tcp !== null && (packet.tcp.flags & (SYN | RST | ACK)) === ACK
  );
}

/** Whether a segment is a SYN-ACK to a SYN: to it alone, or to octets that it brought too. */
function isAnswer(answer: Packet, syn: Packet): boolean {
  if (!answersSyn(answer) || !isOpening(syn)) return false;
  const { sequence, payload } = syn.tcp!;
  const octets = (answer.tcp!.acknowledgement - sequence - 1 + 2 ** 33) % 2 ** 32;
  return octets <= payload;
}

/** FIN both ways, or a RST. Looks at the last packet first: before it the flow had not ended. */
function isEnded({ packets }: JudgedFlow): boolean {
  const { packet: { tcp }, reverse, error } = packets.at(-1)!;
  if (tcp === null || error || (tcp.flags & (FIN | RST)) === 0) return false;
  if (tcp.flags & RST) return true;
  return packets.some((other) =>
    other.reverse !== reverse && ((other.packet.tcp?.flags ?? 0) & FIN) !== 0
  );
}
