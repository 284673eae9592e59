import type { Chain } from "../../src/contract/chain.ts";
import { Capture } from "../../src/host/capture.ts";
import { FlowTable } from "../../src/observe/flow_table.ts";
import { PACKETS_A_FLOW, writeCapture } from "./capture.ts";
import { installed, inTurn, spiderCommand } from "./process.ts";
import { grouped, median, type Row } from "./row.ts";

const FLOWS = 120_000;
const ROUNDS = 7;
const BATCH = 16_384;
const INPUT = 64 << 20;

/**
 * PATHspider cannot be started on Debian 12; what it took there before, beside nfpcapd in one run:
 * 6.5 s and 0.33 s. Its time here is estimated from nfpcapd's by that ratio.
 */
const PATHSPIDER_TO_NFPCAPD = 6.5 / 0.33;
const SLOWER_THAN_NFPCAPD = 1.5;
/** How much longer it may take with all eleven chains on. */
const ELEVEN_TO_THREE = 1.6;

const THREE = ["basic", "tcp", "ecn"];
/** The chains of PATHspider. */
const ELEVEN = [...THREE, "dscp", "mss", "tfo", "tcpopt", "icmp", "udp", "evil", "dns"];

/** Seconds that dissecting and writing the records of a capture take, without the files. */
function dissectorTimes(path: string, chains: readonly string[]) {
  const dissecting: number[] = [];
  const writing: number[] = [];
  for (let round = 0; round < 5; round++) {
    using capture = Capture.file(path);
    const table = new FlowTable({
      chains,
      idle: 30,
      linger: 5,
      input: INPUT,
    });
    let dissected = 0;
    let written = 0;
    while (!capture.ended) {
      const octets = capture.read(table.input(BATCH), BATCH);
      const begin = performance.now();
      table.dissect(octets, capture.linkType, capture.fraction);
      const middle = performance.now();
      while (table.drain().length > 0);
      dissected += middle - begin;
      written += performance.now() - middle;
    }
    const begin = performance.now();
    table.flush();
    while (table.drain().length > 0);
    dissecting.push(dissected / 1000);
    writing.push((written + performance.now() - begin) / 1000);
  }
  return { dissecting: median(dissecting), writing: median(writing) };
}

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

/** Packets a second of the whole loop, from the capture to the records' text, with a chain in JavaScript. */
function ownChainSpeed(path: string): number {
  const runs: number[] = [];
  for (let round = 0; round < 5; round++) {
    using capture = Capture.file(path);
    const table = new FlowTable({
      chains: ["basic", "tcp", "ecn", synCounter],
      idle: 30,
      linger: 5,
      input: INPUT,
    });
    const begin = performance.now();
    while (!capture.ended) {
      const octets = capture.read(table.input(BATCH), BATCH);
      table.dissect(octets, capture.linkType, capture.fraction);
      while (table.drain().length > 0);
    }
    table.flush();
    while (table.drain().length > 0);
    runs.push(table.stats().packets! / ((performance.now() - begin) / 1000));
  }
  return median(runs);
}

/** Observing a capture of 1.08 M packets: the dissector alone, and the whole process beside others. */
export async function observeRows(): Promise<Row[]> {
  const folder = Deno.makeTempDirSync({ prefix: "spider-bench-" });
  try {
    const path = `${folder}/flows.pcap`;
    writeCapture(path, FLOWS);
    const packets = FLOWS * PACKETS_A_FLOW;
    const alone = dissectorTimes(path, THREE);
    const speed = packets / alone.dissecting;
    const eleven = dissectorTimes(path, ELEVEN);
    const observe = (chains: readonly string[]) =>
      spiderCommand(["observe", "-i", path, "--output", `${folder}/flows.ndjson`, ...chains]);
    const ownSpeed = ownChainSpeed(path);
    const commands: Record<string, readonly string[]> = {
      spider: observe(THREE),
      eleven: observe(ELEVEN),
    };
    if (installed("nfpcapd")) {
      Deno.mkdirSync(`${folder}/nfpcapd`);
      commands.nfpcapd = ["nfpcapd", "-r", path, "-l", `${folder}/nfpcapd`];
    }
    if (installed("softflowd")) {
      const most = String(FLOWS * 2);
      commands.softflowd = ["softflowd", "-r", path, "-n", "127.0.0.1:9", "-m", most];
    }
    if (installed("pspdr")) {
      commands.pspdr = ["pspdr", "observe", "-i", path, "--output", `${folder}/pspdr`];
    }
    const times = await inTurn(commands, ROUNDS);
    const medians = Object.fromEntries(
      Object.entries(times).map(([name, runs]) => [name, median(runs)]),
    );
    const ours = medians.spider!;
    const peers = Object.entries(medians).filter(([name]) => name !== "spider" && name !== "eleven")
      .map((
        [name, time],
      ) => `${name} ${time.toFixed(2)} s (${(time / ours).toFixed(1)} times ours)`);
    const pathspider = medians.pspdr ??
      (medians.nfpcapd === undefined ? undefined : medians.nfpcapd * PATHSPIDER_TO_NFPCAPD);
    if (pathspider !== undefined && medians.pspdr === undefined) {
      peers.push(`PATHspider, estimated by nfpcapd, ${(pathspider / ours).toFixed(0)} times ours`);
    }
    return [{
      work: "dissector and flow table alone, chains basic tcp ecn",
      ours: `${(speed / 1e6).toFixed(1)} M packets/s`,
      peers: [],
      bound: "3 M packets/s",
      reached: speed >= 3e6,
    }, {
      work: "the same with a chain in JavaScript that reads all TCP flags, whole loop",
      ours: `${(ownSpeed / 1e6).toFixed(1)} M packets/s`,
      peers: [],
      bound: "1 M packets/s",
      reached: ownSpeed >= 1e6,
    }, {
      work: `observe ${grouped(packets)} packets, ${grouped(FLOWS)} flows, whole process`,
      ours: `${ours.toFixed(2)} s`,
      peers,
      bound: "20 times PATHspider, no slower than 1.5 times nfpcapd",
      reached: pathspider !== undefined && pathspider / ours >= 20 &&
        (medians.nfpcapd === undefined || ours <= medians.nfpcapd * SLOWER_THAN_NFPCAPD),
    }, {
      work: "the same with all eleven chains of PATHspider, whole process",
      ours: `${medians.eleven!.toFixed(2)} s (${(medians.eleven! / ours).toFixed(1)} times three)`,
      peers: [],
      bound: "1.6 times three chains",
      reached: medians.eleven! / ours <= ELEVEN_TO_THREE,
    }, {
      work: "writing the records beside dissecting their packets, three chains, eleven",
      ours: [alone, eleven].map(({ writing, dissecting }) =>
        `${(writing * 1000).toFixed(0)} ms beside ${(dissecting * 1000).toFixed(0)} ms`
      ).join(", "),
      peers: [],
      bound: "no more than dissecting",
      reached: [alone, eleven].every(({ writing, dissecting }) => writing <= dissecting),
    }];
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
}
