import type { Chain } from "../../src/contract/chain.ts";
import { FILE_INPUT, FileReader } from "../../src/observe/file/reader.ts";
import { FlowTable } from "../../src/observe/flow_table.ts";
import { PcapngWriter } from "../../src/result/pcapng.ts";
import { Confined } from "../plugin/sandbox/confined.ts";
import { median } from "./row.ts";

const ROUNDS = 5;

/** Reads the TCP flags of every packet. */
const synCounter = {
  name: "syns",
  fields: {
    syns_fwd: { type: "integer", summary: "SYNs forward", initial: 0 },
    syns_rev: { type: "integer", summary: "SYNs in reverse", initial: 0 },
  },
  tcp(rec, tcp, rev) {
    if (!tcp.syn) return;
    if (rev) rec.syns_rev++;
    else rec.syns_fwd++;
  },
} satisfies Chain<{ syns_fwd: number; syns_rev: number }>;

/** Seconds that the steps of observing a capture take. */
export interface Steps {
  /** Reading the file and finding its packets. */
  readonly reading: number;
  readonly dissecting: number;
  /** The records' text, without the file. */
  readonly writing: number;
}

const LIBPCAP = {
  pcap_open_offline: { parameters: ["buffer", "buffer"], result: "pointer" },
  pcap_dump_open: { parameters: ["pointer", "buffer"], result: "pointer" },
  /** Its address: it is itself what `pcap_loop` calls. */
  pcap_dump: { type: "pointer" },
  pcap_loop: { parameters: ["pointer", "i32", "pointer", "pointer"], result: "i32" },
  pcap_dump_close: { parameters: ["pointer"], result: "void" },
  pcap_close: { parameters: ["pointer"], result: "void" },
} as const;

/** Seconds that libpcap takes to hand over all packets of a capture, without a call of JavaScript: the bare loop. */
export function bareReading(path: string): number {
  const library = Deno.dlopen("libpcap.so.0.8", LIBPCAP);
  const { pcap_open_offline, pcap_dump_open, pcap_dump, pcap_loop, ...ends } = library.symbols;
  const text = (words: string) => new TextEncoder().encode(`${words}\0`);
  const runs = Array.from({ length: ROUNDS }, () => {
    const begin = performance.now();
    const capture = pcap_open_offline(text(path), new Uint8Array(256));
    const nowhere = pcap_dump_open(capture, text("/dev/null"));
    if (pcap_loop(capture, -1, pcap_dump, nowhere) !== 0) throw new Error("libpcap broke off");
    ends.pcap_dump_close(nowhere);
    ends.pcap_close(capture);
    return (performance.now() - begin) / 1000;
  });
  return median(runs);
}

/** Seconds that we take to read a capture and find its packets. */
export function reading(path: string): number {
  const table = new FlowTable({ chains: ["basic"], idle: 30, linger: 5, input: FILE_INPUT });
  const runs = Array.from({ length: ROUNDS }, () => {
    const begin = performance.now();
    using reader = FileReader.open(path, table);
    while (!reader.ended) if (!reader.find() && !reader.ended) reader.read();
    return (performance.now() - begin) / 1000;
  });
  return median(runs);
}

/** Writes a capture as pcapng. */
export function asPcapng(path: string, to: string): void {
  const table = new FlowTable({ chains: ["basic"], idle: 30, linger: 5, input: FILE_INPUT });
  using reader = FileReader.open(path, table);
  const writer = new PcapngWriter(to);
  while (!reader.ended) {
    if (reader.find()) writer.write(table.packets.view(reader.format.interfaces));
    else if (!reader.ended) reader.read();
  }
  writer.close();
}

/** What the steps take of a capture, in this process. */
export function alone(path: string, chains: readonly (string | Chain)[]): Steps {
  const runs = Array.from({ length: ROUNDS }, () => once(path, chains));
  const of = (step: keyof Steps) => median(runs.map((run) => run[step]));
  return { reading: of("reading"), dissecting: of("dissecting"), writing: of("writing") };
}

/** The same chain as the source of a plugin, which runs in a worker. */
const SYN_COUNTER = `export default {
  kind: "chain", name: "syns", version: "1.0.0", api: "^1", summary: "SYNs",
  fields: ${JSON.stringify(synCounter.fields)},
  ${synCounter.tcp}
};`;

/** Seconds of the whole loop without a chain in JavaScript, and with it in the program and in a worker. */
export interface JavascriptTimes {
  readonly without: number;
  readonly inProgram: number;
  readonly inWorker: number;
}

/** What a chain in JavaScript takes, by turns. */
export async function javascriptChain(path: string): Promise<JavascriptTimes> {
  using confined = await Confined.start(SYN_COUNTER, {}, "chain");
  const remote = await confined.chain();
  const chains = ["basic", "tcp", "ecn"];
  const whole = (...more: Chain[]) => {
    const { reading, dissecting, writing } = once(path, [...chains, ...more]);
    return reading + dissecting + writing;
  };
  const runs = Array.from({ length: ROUNDS }, () => ({
    without: whole(),
    inProgram: whole(synCounter as Chain),
    inWorker: whole(remote),
  }));
  const of = (name: keyof JavascriptTimes) => median(runs.map((run) => run[name]));
  return { without: of("without"), inProgram: of("inProgram"), inWorker: of("inWorker") };
}

function once(path: string, chains: readonly (string | Chain)[]): Steps {
  const table = new FlowTable({
    chains,
    idle: 30,
    linger: 5,
    decapsulate: true,
    input: FILE_INPUT,
  });
  using reader = FileReader.open(path, table);
  const spent = { reading: 0, dissecting: 0, writing: 0 };
  let last = performance.now();
  const lap = (step: keyof Steps) => {
    const now = performance.now();
    spent[step] += (now - last) / 1000;
    last = now;
  };
  const write = () => {
    while (table.drain().length > 0);
    lap("writing");
  };
  while (!reader.ended) {
    if (!reader.find()) {
      if (!reader.ended) reader.read();
      continue;
    }
    lap("reading");
    table.dissectListed();
    lap("dissecting");
    write();
  }
  table.flush();
  write();
  return spent;
}
