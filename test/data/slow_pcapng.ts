import type { FilePacket } from "./file_packets.ts";

/** What is in a pcapng file, as the slow reader has it. */
export interface SlowContent {
  readonly packets: readonly FilePacket[];
  readonly counters: Readonly<Record<string, number>>;
  /** Whether reading ends before the file does. */
  readonly breaksOff: boolean;
}

interface SlowInterface {
  readonly linkType: number;
  readonly snaplen: number;
  /** Numerator and denominator of a unit in seconds, and what is added. */
  readonly unit: readonly [bigint, bigint];
  readonly offset: bigint;
}

const SECOND = 1_000_000_000n;
const END_OF_TIME = 1n << 63n;
const BROKEN: SlowInterface = { linkType: 0xffff, snaplen: 0, unit: [1n, 1_000_000n], offset: 0n };

/** Reads pcapng octet by octet, for comparison: with fractions of any length, and no speed. */
export function slowPcapng(octets: Uint8Array): SlowContent {
  const packets: FilePacket[] = [];
  const counters = { damaged: 0, unknown_interface: 0, unusable_time: 0 };
  let interfaces: SlowInterface[] = [];
  let little = true;
  let last = 0n;
  let at = 0;
  const number = (from: number, length: number): bigint => {
    let value = 0n;
    for (let i = 0; i < length; i++) {
      value = value << 8n | BigInt(octets[from + (little ? length - 1 - i : i)]!);
    }
    return value;
  };
  const small = (from: number, length: number) => Number(number(from, length));
  const content = (breaksOff: boolean) => ({ packets, counters, breaksOff });

  while (at < octets.length) {
    if (octets.length - at < 12) return content(true);
    const isSection = [0, 1, 2, 3].every((i) => octets[at + i] === [0x0a, 0x0d, 0x0d, 0x0a][i]);
    if (isSection) {
      const mark = octets.slice(at + 8, at + 12).toHex();
      if (mark !== "4d3c2b1a" && mark !== "1a2b3c4d") return content(true);
      little = mark === "4d3c2b1a";
    }
    const length = small(at + 4, 4);
    if (length < 12 || length % 4 !== 0 || length > octets.length - at) return content(true);
    const end = at + length;
    if (small(end - 4, 4) !== length) return content(true);
    const type = small(at, 4);
    if (isSection) {
      if (length < 28 || small(at + 12, 2) !== 1) return content(true);
      interfaces = [];
    } else if (type === 1) {
      const made = described(at, end);
      if (made === null) counters.damaged++;
      interfaces.push(made ?? BROKEN);
    } else if (type === 5) {
      const right = length >= 24 && small(at + 8, 4) < interfaces.length &&
        options(at + 20, end - 4, false) !== null;
      if (!right) counters.damaged++;
    } else if (type === 2 || type === 3 || type === 6) {
      take(type, at, end);
    }
    at = end;
  }
  return content(false);

  function options(
    from: number,
    to: number,
    ofInterface: boolean,
  ): Map<number, [number, number]> | null {
    const all = new Map<number, [number, number]>();
    while (to - from >= 4) {
      const [code, length] = [small(from, 2), small(from + 2, 2)];
      if (code === 0) return all;
      if (from + 4 + length > to) return null;
      // One that is wrong is wrong, whatever the next of its kind says
      const wrong = ofInterface
        ? code === 9 && length !== 1 || code === 14 && length !== 8 ||
          code === 14 && !isNear(BigInt.asIntN(64, number(from + 4, 8)))
        : (code === 5 || code === 7) && length === 8 && number(from + 4, 8) >= 1n << 53n;
      if (wrong) return null;
      all.set(code, [from + 4, length]);
      from += 4 + Math.ceil(length / 4) * 4;
    }
    return all;
  }

  function described(from: number, to: number): SlowInterface | null {
    if (to - from < 20) return null;
    const all = options(from + 16, to - 4, true);
    if (all === null) return null;
    const resolution = all.has(9) ? octets[all.get(9)![0]]! : 6;
    const base = resolution >= 128 ? 2n : 10n;
    return {
      linkType: small(from + 8, 2),
      snaplen: small(from + 12, 4) || 262_144,
      unit: [1n, base ** BigInt(resolution % 128)],
      offset: all.has(14) ? BigInt.asIntN(64, number(all.get(14)![0], 8)) : 0n,
    };
  }

  function take(type: number, from: number, to: number): void {
    const room = to - from - (type === 3 ? 16 : 32);
    if (type !== 3 && room < 0) return void counters.damaged++;
    const source = type === 3 ? 0 : small(from + 8, type === 2 ? 2 : 4);
    const one = interfaces[source];
    if (one === undefined) return void counters.unknown_interface++;
    if (room < 0) return void counters.damaged++;
    const wire = small(from + (type === 3 ? 8 : 24), 4);
    const captured = type === 3 ? Math.min(wire, one.snaplen) : small(from + 20, 4);
    if (captured > room) return void counters.damaged++;
    if (type !== 3) {
      const units = number(from + 12, 4) << 32n | number(from + 16, 4);
      const time = units * SECOND * one.unit[0] / one.unit[1];
      const shifted = time + one.offset * SECOND;
      if (time >= END_OF_TIME || shifted < 0n || shifted >= END_OF_TIME) {
        return void counters.unusable_time++;
      }
      last = shifted;
    }
    const begin = from + (type === 3 ? 12 : 28);
    const frame = octets.slice(begin, begin + captured);
    packets.push({ time: last, linkType: one.linkType, frame, wire });
  }
}

/** Whether nanoseconds of so many seconds fit into 64 bits. */
function isNear(seconds: bigint): boolean {
  return seconds >= -9_000_000_000n && seconds <= 9_000_000_000n;
}
