import { FlowTable } from "../../src/observe/flow_table.ts";
import { ethernet, ip4, records, tcp } from "../data/packets.ts";
import { random } from "../data/random.ts";
import { ALL, ELEVEN, THREE } from "./chain_sets.ts";
import { denoCommand, output } from "./process.ts";
import { type FigureRow, grouped } from "./row.ts";
import { size } from "./size.ts";

const FEW = 10_000;
const MANY = size(1_000_000, 50_000);
/** The most times that a packet among many flows may cost one among few. */
const TIMES = 2;
/** The most megabytes of the process that has so many flows, with PATHspider's chains, and with all there are. */
const MOST_WITH_ELEVEN = 300;
const MOST_WITH_ALL = 350;
const BATCH = 16_384;
const ROUNDS = size(9, 2);
/** Processes of each kind, in turn. */
const TURNS = size(3, 1);
/** Packets of one round. */
const PACKETS = 64 * BATCH;
const MEGABYTE = 1e6;

const RECORD = records([{ time: 0, data: ethernet(ip4(tcp())) }]);
// In a record: 16 octets of header, 14 of Ethernet; the source at 12 of IP, ports behind
const SOURCE = 16 + 14 + 12;
const PORT = 16 + 14 + 20;

/** A batch of packets of the flows with the given numbers, one microsecond apart. */
function fill(input: Uint8Array, flows: Uint32Array, packetsBefore: number): number {
  const view = new DataView(input.buffer, input.byteOffset);
  let at = 0;
  for (const [i, flow] of flows.entries()) {
    const time = packetsBefore + i;
    input.set(RECORD, at);
    view.setUint32(at, 1_700_000_000 + Math.floor(time / 1e6), true);
    view.setUint32(at + 4, (time % 1e6) * 1000, true);
    view.setUint32(at + SOURCE, 0x0a00_0000 + (flow >>> 8));
    view.setUint16(at + PORT, 1024 + (flow & 255));
    at += RECORD.length;
  }
  return at;
}

interface Figures {
  /** Nanoseconds that a packet takes at best, its flow being any of those there are. */
  readonly packet: number;
  /** Megabytes resident, of the whole process. */
  readonly resident: number;
}

/** Takes the figures of a table with some flows, in this process. */
function figures(count: number, names: readonly string[]): Figures {
  const table = new FlowTable({ chains: names, idle: 300, linger: 5, input: BATCH * 128 });
  let sent = 0;
  const send = (flows: Uint32Array) => {
    const octets = fill(table.input(BATCH), flows, sent);
    sent += flows.length;
    const begin = performance.now();
    table.dissect(octets, 1, 1);
    return performance.now() - begin;
  };
  const flows = new Uint32Array(BATCH);
  for (let first = 0; first < count; first += BATCH) {
    send(flows.map((_, i) => first + i).subarray(0, count - first));
  }
  const next = random(count);
  const runs: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    let taken = 0;
    for (let batch = 0; batch < PACKETS / BATCH; batch++) {
      taken += send(flows.map(() => next(count)));
    }
    runs.push(taken * 1e6 / PACKETS);
  }
  if (table.stats().flows !== count) throw new Error("flows came or went");
  return { packet: Math.min(...runs), resident: Deno.memoryUsage().rss / MEGABYTE };
}

/** The same in a process of its own, which has nothing else in memory. */
async function figuresApart(count: number, names: readonly string[]): Promise<Figures> {
  return JSON.parse(await output(denoCommand("table.ts", [String(count), ...names])));
}

/**
 * What a packet costs, and what memory, with many flows at once, each packet of any of them at
 * random. The least of several runs counts: other load on the machine slows down distant memory
 * more than near.
 */
export async function tableRows(): Promise<FigureRow[]> {
  const few: Figures[] = [];
  const many: Figures[] = [];
  const eleven: Figures[] = [];
  const all: Figures[] = [];
  for (let turn = 0; turn < TURNS; turn++) {
    few.push(await figuresApart(FEW, THREE));
    many.push(await figuresApart(MANY, THREE));
    eleven.push(await figuresApart(MANY, ELEVEN));
    all.push(await figuresApart(MANY, ALL));
  }
  const least = (runs: readonly Figures[]) => Math.min(...runs.map(({ packet }) => packet));
  const ratio = least(many) / least(few);
  return [
    {
      work: `a packet of any of ${grouped(MANY)} flows at random, chains ${THREE.join(" ")}`,
      ours: `${least(many).toFixed(0)} ns, ${ratio.toFixed(2)} times that of few`,
      peers: [`with ${grouped(FEW)} flows: ${least(few).toFixed(0)} ns`],
      bound: `${TIMES} times`,
      reached: ratio <= TIMES,
    },
    memoryRow("the eleven chains of PATHspider", eleven, few, MOST_WITH_ELEVEN),
    memoryRow(`all ${ALL.length} chains`, all, few, MOST_WITH_ALL),
  ];
}

/** Memory does not drift as speed does, so its bound stays in megabytes. */
function memoryRow(
  which: string,
  many: readonly Figures[],
  few: readonly Figures[],
  megabytes: number,
): FigureRow {
  const most = (runs: readonly Figures[]) => Math.max(...runs.map(({ resident }) => resident));
  const flow = (most(many) - most(few)) * MEGABYTE / (MANY - FEW);
  return {
    work: `${grouped(MANY)} flows at once, ${which}, memory of the whole process`,
    ours: `${most(many).toFixed(0)} MB resident, ${flow.toFixed(0)} octets for each flow more`,
    peers: [`the process with ${grouped(FEW)} flows: ${most(few).toFixed(0)} MB`],
    bound: `${megabytes} MB`,
    reached: most(many) <= megabytes,
  };
}

if (import.meta.main) {
  const [count = "", ...names] = Deno.args;
  console.log(JSON.stringify(figures(Number(count), names)));
}
