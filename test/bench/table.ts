import { FlowTable } from "../../src/observe/flow_table.ts";
import { ethernet, ip4, records, tcp } from "../data/packets.ts";
import { random } from "../data/random.ts";
import { grouped, type Row } from "./row.ts";

const FEW = 10_000;
const MANY = 1_000_000;
const CHAINS = ["basic", "tcp", "ecn"];
const BATCH = 16_384;
const ROUNDS = 9;
/** Processes of each kind, in turn. */
const TURNS = 3;
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
function figures(count: number): Figures {
  const table = new FlowTable({ chains: CHAINS, idle: 300, linger: 5, input: BATCH * 128 });
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
function figuresApart(count: number): Figures {
  const { success, stdout, stderr } = new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-check", "-A", import.meta.filename!, String(count)],
  }).outputSync();
  if (!success) throw new Error(new TextDecoder().decode(stderr));
  return JSON.parse(new TextDecoder().decode(stdout));
}

/**
 * What a packet costs, and what memory, with many flows at once, each packet of any of them at random.
 * The least of several runs counts: what else the machine does costs far memory more than near.
 */
export function tableRows(): Promise<Row[]> {
  const runs = Array.from({ length: TURNS }, () => ({
    few: figuresApart(FEW).packet,
    many: figuresApart(MANY),
  }));
  const few = Math.min(...runs.map((run) => run.few));
  const many = Math.min(...runs.map((run) => run.many.packet));
  const resident = Math.max(...runs.map((run) => run.many.resident));
  const ratio = many / few;
  return Promise.resolve([{
    work: `a packet of any of ${grouped(MANY)} flows at random, chains ${CHAINS.join(" ")}`,
    ours: `${many.toFixed(0)} ns, with ${grouped(FEW)} flows ${few.toFixed(0)} ns: ${
      ratio.toFixed(2)
    } times`,
    peers: [],
    bound: "2 times",
    reached: ratio <= 2,
  }, {
    work: `${grouped(MANY)} flows at once, memory of the whole process`,
    ours: `${resident.toFixed(0)} MB resident`,
    peers: [],
    bound: "300 MB",
    reached: resident <= 300,
  }]);
}

if (import.meta.main) console.log(JSON.stringify(figures(Number(Deno.args[0]))));
