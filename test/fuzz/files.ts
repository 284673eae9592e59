import { assertEquals } from "@std/assert";
import { Blocks, type Option } from "../data/blocks.ts";
import { FILE_INPUT } from "../../src/observe/file/reader.ts";
import { flowTable } from "../data/dissect.ts";
import { filePackets } from "../data/file_packets.ts";
import { LINKS, mutant } from "../data/mutants.ts";
import { join } from "../data/packets.ts";
import { random } from "../data/random.ts";
import { slowPcapng } from "../data/slow_pcapng.ts";

type Random = (below: number) => number;

/** Blocks of one file. */
const BLOCKS = 40;

/** A pcapng file of everything that one may have, in which something may be wrong; the same for the same seed. */
export function mangledFile(seed: number): Uint8Array<ArrayBuffer> {
  const next = random(seed);
  let blocks = new Blocks(next(2) === 0);
  const parts = [blocks.section(), described(next, blocks)];
  for (let i = 0; i < BLOCKS; i++) {
    if (next(12) === 0) {
      blocks = new Blocks(next(2) === 0);
      parts.push(blocks.section(next(30) === 0 ? next(3) : 1));
    }
    parts.push(some(next, blocks));
  }
  let file = join(...parts);
  for (let faults = next(3) * next(3); faults > 0; faults--) file = wronged(next, file);
  return next(4) === 0 ? file.slice(0, 28 + next(file.length)) : file;
}

function described(next: Random, blocks: Blocks): Uint8Array {
  const resolutions = [0, 3, 6, 9, 12, 0x80, 0x8a, 0xa0, next(256)];
  return blocks.described({
    linkType: LINKS[next(LINKS.length)]!,
    snaplen: [0, 40, 65_535][next(3)]!,
    ...next(2) === 0 ? { resolution: resolutions[next(resolutions.length)]! } : {},
    ...next(4) === 0 ? { offset: BigInt(next(2 ** 31)) * BigInt(next(9) - 4) } : {},
    options: options(next),
  });
}

function options(next: Random): Option[] {
  return Array.from(
    { length: next(8) === 0 ? next(4) : 0 },
    (): Option => [[1, 2, 5, 9, 11, 14, next(3000)][next(7)]!, octets(next, next(20))],
  );
}

function octets(next: Random, length: number): Uint8Array {
  return Uint8Array.from({ length }, () => next(256));
}

function some(next: Random, blocks: Blocks): Uint8Array {
  const { frame } = mutant(next, 1, LINKS[next(LINKS.length)]!);
  const fields = {
    source: next(20) === 0 ? next(5) : next(2),
    // The usual, and at times any
    time: next(6) === 0
      ? BigInt(next(2 ** 32)) << 32n | BigInt(next(2 ** 32))
      : 1_700_000_000_000_000n + BigInt(next(2 ** 31)),
    wire: frame.wire ?? frame.data.length,
    ...next(20) === 0 ? { captured: next(next(2) === 0 ? 200 : 2 ** 32) } : {},
    options: options(next),
  };
  switch (next(12)) {
    case 0:
      return described(next, blocks);
    case 1:
      return blocks.simple(frame.data.subarray(0, 40), frame.data.length);
    case 2:
      return blocks.obsolete(frame.data, fields);
    case 3:
      return blocks.statistics(next(3), [[5, octets(next, 8)], ...options(next)]);
    case 4:
      return blocks.block([4, 10, 0xbad, next(2 ** 32)][next(4)]!, octets(next, next(50)));
    default:
      return blocks.enhanced(frame.data, fields);
  }
}

/** One octet changed, one bit, or some taken out, behind the first section's header. */
function wronged(next: Random, file: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  const at = 28 + next(file.length - 28);
  const copy = file.slice();
  switch (next(3)) {
    case 0:
      copy[at] = [0, 1, 255, next(256)][next(4)]!;
      return copy;
    case 1:
      copy[at]! ^= 1 << next(8);
      return copy;
    default:
      return join(copy.subarray(0, at), copy.subarray(at + 1 + next(8)));
  }
}

const table = flowTable({ input: FILE_INPUT, chains: ["basic"] });

/** Compares what is read of a pcapng file with what the slow reader makes of it; how many packets. Throws where they differ. */
export function compareFile(file: Uint8Array): number {
  const expected = slowPcapng(file);
  const { packets: before } = table.stats();
  const { packets, counters, fault, interfaces } = filePackets(file, undefined, table);
  table.flush();
  while (table.drain().length > 0);
  assertEquals(table.stats().packets! - before!, packets.length);
  if (packets.length !== expected.packets.length) {
    assertEquals(packets.length, expected.packets.length);
  }
  packets.forEach((packet, i) => {
    const other = expected.packets[i]!;
    const same = packet.time === other.time && packet.linkType === other.linkType &&
      packet.wire === other.wire && packet.frame.length === other.frame.length &&
      packet.frame.every((octet, at) => octet === other.frame[at]);
    if (!same) assertEquals(packet, other, `packet ${i}`);
  });
  assertEquals([counters, fault !== null], [expected.counters, expected.breaksOff]);
  const counted = interfaces.reduce((sum, { packets }) => sum + packets, 0);
  assertEquals(counted, packets.length);
  return packets.length;
}
