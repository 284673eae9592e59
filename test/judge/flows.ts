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
  /** Whether what a chain sees ends the flow, such as an unreachable message. */
  readonly completes: (counted: Counted) => boolean;
}

interface Open extends JudgedFlow {
  last: bigint;
  completed: bigint | null;
}

const FIN = 1, SYN = 2, RST = 4, ACK = 16;
const SECOND = 1_000_000_000n;

const end = (address: string, port: number | null) => `${address} ${port ?? ""}`;
const keyOf = (ends: Ends) =>
  `${ends.protocol} ${
    [end(ends.source, ends.sourcePort), end(ends.destination, ends.destinationPort)].sort().join()
  }`;
const isForward = (flow: JudgedFlow, ends: Ends) =>
  ends.source === flow.ends.source && ends.sourcePort === flow.ends.sourcePort;

/** Sorts packets into flows. `passed`: how many were later fragments of nothing that was seen. */
export function flowsOf(
  packets: readonly Packet[],
  { idle, linger, completes }: Rules,
): { flows: JudgedFlow[]; passed: number } {
  const flows: JudgedFlow[] = [];
  const open = new Map<string, Open>();
  const datagrams = new Map<string, Ends>();
  let passed = 0;

  const isOver = (flow: Open, packet: Packet): boolean => {
    const deadline = flow.completed === null
      ? flow.last + BigInt(idle) * SECOND
      : flow.completed + BigInt(linger) * SECOND;
    if (packet.nanoseconds > deadline) return true;
    if (flow.completed === null || packet.tcp === null || !isOpening(packet)) return false;
    return packet.tcp.sequence !== flow.packets.find(({ packet }) => isOpening(packet))?.packet
      .tcp!.sequence;
  };
  const add = (flow: Open, packet: Packet, reverse: boolean, error: boolean) => {
    const counted = { packet, reverse, error };
    flow.packets.push(counted);
    if (packet.nanoseconds > flow.last) flow.last = packet.nanoseconds;
    if (flow.completed === null && (isEnded(flow) || completes(counted))) {
      flow.completed = packet.nanoseconds;
    }
  };

  for (const packet of packets) {
    if (packet.quoted !== null) {
      const flow = open.get(keyOf(packet.quoted));
      if (flow !== undefined && !isOver(flow, packet)) {
        add(flow, packet, isForward(flow, packet.quoted), true);
        continue;
      }
    }
    let ends: Ends = packet;
    if (!packet.first) {
      const begun = datagrams.get(packet.fragment!);
      if (begun === undefined) {
        passed++;
        continue;
      }
      ends = begun;
    } else if (packet.fragment !== null) datagrams.set(packet.fragment, packet);
    const key = keyOf(ends);
    let flow = open.get(key);
    if (flow === undefined || isOver(flow, packet)) {
      flow = { ends, packets: [], last: packet.nanoseconds, completed: null };
      flows.push(flow);
      open.set(key, flow);
    }
    add(flow, packet, !isForward(flow, ends), false);
  }
  return { flows, passed };
}

/** A SYN without ACK. */
function isOpening({ tcp }: Packet): boolean {
  return tcp !== null && (tcp.flags & (SYN | ACK)) === SYN;
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
