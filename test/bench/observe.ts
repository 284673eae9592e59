import { ALL, ELEVEN, THREE } from "./chain_sets.ts";
import { PACKETS_A_FLOW, writeCapture } from "./capture.ts";
import { alone, asPcapng, bareReading, javascriptChain, reading } from "./dissector.ts";
import { withFolder } from "./measurement.ts";
import { Peer } from "./peer.ts";
import { type Ran, seconds, spiderCommand } from "./process.ts";
import { asked, type FigureRow, grouped, median } from "./row.ts";
import { size } from "./size.ts";

const FLOWS = size(120_000, 6000);
const ROUNDS = size(7, 1);

/**
 * PATHspider cannot be started on Debian 12; what it took there before, beside nfpcapd in one run:
 * 6.5 s and 0.33 s. Its time here is estimated from nfpcapd's by that ratio.
 */
const PATHSPIDER_TO_NFPCAPD = 6.5 / 0.33;
const PATHSPIDER_TIMES = 20;
/** What it may take of nfpcapd's time: with three chains, and with all there are. */
const THREE_TO_NFPCAPD = 1;
const ALL_TO_NFPCAPD = 1.3;
/** How much longer it may take with PATHspider's eleven chains than with three. */
const ELEVEN_TO_THREE = 1.6;
/** The most that dissecting may take of the time that libpcap takes to hand the packets over. */
const DISSECTING_TO_READING = 3;
/** How much longer dissecting may take where every packet is in a tunnel in a VLAN. */
const TUNNELLED = 3;
/** The most that the whole loop may take with a chain in JavaScript, as a multiple of it without. */
const JAVASCRIPT = 6;
/** The same of a chain from a URL, as a multiple of the loop with that chain in the program. */
const IN_WORKER = 2;

/** Observing a capture of 1.08 M packets: the dissector alone, and the whole process beside others. */
export function observeRows(): Promise<FigureRow[]> {
  return withFolder(async (folder) => {
    const path = `${folder}/flows.pcap`;
    writeCapture(path, FLOWS);
    return [...await dissectorRows(path), ...await processRows(folder, path)];
  });
}

async function dissectorRows(path: string): Promise<FigureRow[]> {
  const packets = FLOWS * PACKETS_A_FLOW;
  const speed = (time: number) => `${(packets / time / 1e6).toFixed(1)} M packets/s`;
  const [three, eleven] = [alone(path, THREE), alone(path, ELEVEN)];
  const tunnel = `${path}.vxlan`;
  writeCapture(tunnel, FLOWS, undefined, "vxlan");
  const inside = alone(tunnel, THREE).dissecting;
  const tunnelled = inside / three.dissecting;
  const own = await javascriptChain(path);
  const bare = bareReading(path);
  const dissecting = three.dissecting / bare;
  const blocks = `${path}ng`;
  asPcapng(path, blocks);
  const found = [path, blocks].map((file) => reading(file) / bareReading(file));
  const javascript = own.inProgram / own.without;
  const inWorker = own.inWorker / own.inProgram;
  return [{
    work: "dissector and flow table alone, chains basic tcp ecn",
    ours: `${speed(three.dissecting)}, ${dissecting.toFixed(2)} of the time of reading`,
    peers: [`libpcap reading the same file: ${speed(bare)}`],
    bound: `${DISSECTING_TO_READING} times the time of reading (${
      asked("3 M packets/s", packets / three.dissecting >= 3e6)
    })`,
    reached: dissecting <= DISSECTING_TO_READING,
  }, {
    work: "the same with every packet in VXLAN in a VLAN",
    ours: `${speed(inside)}, ${tunnelled.toFixed(1)} times as long as without`,
    peers: [],
    bound: `${TUNNELLED} times as long (${asked("2 M packets/s", packets / inside >= 2e6)})`,
    reached: tunnelled <= TUNNELLED,
  }, {
    work: "reading a capture and finding its packets, pcap, pcapng",
    ours: found.map((ratio) => `${ratio.toFixed(2)} of libpcap's time`).join(", "),
    peers: [`libpcap reading the first: ${speed(bare)}`],
    bound: "no slower than libpcap",
    reached: found.every((ratio) => ratio <= 1),
  }, {
    work: "the whole loop with a chain in JavaScript that reads all TCP flags",
    ours: `${speed(own.inProgram)}, ${javascript.toFixed(1)} times the loop without`,
    peers: [`the loop without that chain: ${speed(own.without)}`],
    bound: `${JAVASCRIPT} times the loop without (${
      asked("1 M packets/s", packets / own.inProgram >= 1e6)
    })`,
    reached: javascript <= JAVASCRIPT,
  }, {
    work: "the same chain from a URL, in a worker without permissions, whole loop",
    ours: `${speed(own.inWorker)}, ${inWorker.toFixed(1)} times that in the program`,
    peers: [`that chain in the program: ${speed(own.inProgram)}`],
    bound: `${IN_WORKER} times that in the program`,
    reached: inWorker <= IN_WORKER,
  }, {
    work: "writing the records beside dissecting their packets, three chains, eleven",
    ours: [three, eleven].map(({ writing, dissecting }) =>
      `${(writing * 1000).toFixed(0)} ms beside ${(dissecting * 1000).toFixed(0)} ms`
    ).join(", "),
    peers: [],
    bound: "no more than dissecting",
    reached: [three, eleven].every(({ writing, dissecting }) => writing <= dissecting),
  }];
}

async function processRows(folder: string, path: string): Promise<FigureRow[]> {
  const records = `${folder}/flows.ndjson`;
  const observe = (chains: readonly string[]) =>
    spiderCommand(["observe", "-i", path, "--output", records, ...chains]);
  const { nfpcapd, softflowd, pspdr } = peersOf(folder, path);
  const sets = [THREE, ELEVEN, ALL];
  const times = sets.map((): number[] => []);
  for (let round = 0; round <= ROUNDS; round++) {
    const counts = round > 0;
    for (const [i, chains] of sets.entries()) {
      // Else the kernel would first free what the run before has written, hundreds of megabytes
      remove(records);
      const taken = await seconds(observe(chains));
      if (counts) times[i]!.push(taken);
    }
    for (const peer of [nfpcapd, softflowd, pspdr]) await peer.run(counts);
  }
  const [ours, eleven, all] = times.map(median) as [number, number, number];
  const timeOf = ({ figures }: Peer<number>) => figures === null ? null : median(figures);
  const peers = [nfpcapd, softflowd, pspdr].map((peer) => {
    const time = timeOf(peer);
    if (time === null) return peer.remark;
    return `${peer.name} ${time.toFixed(2)} s (${(time / ours).toFixed(1)} times ours)`;
  });
  const meter = timeOf(nfpcapd);
  const estimated = meter === null ? null : meter * PATHSPIDER_TO_NFPCAPD;
  const pathspider = timeOf(pspdr) ?? estimated;
  if (timeOf(pspdr) === null && estimated !== null) {
    peers.push(`PATHspider, estimated by nfpcapd, ${(estimated / ours).toFixed(0)} times ours`);
  }
  return [{
    work: `observe ${grouped(FLOWS * PACKETS_A_FLOW)} packets, ${
      grouped(FLOWS)
    } flows, whole process`,
    ours: `${ours.toFixed(2)} s`,
    peers,
    bound: `${PATHSPIDER_TIMES} times PATHspider, no slower than nfpcapd`,
    reached: pathspider === null ? null : pathspider / ours >= PATHSPIDER_TIMES &&
      (meter === null || ours <= meter * THREE_TO_NFPCAPD),
  }, {
    work: "the same with all eleven chains of PATHspider, whole process",
    ours: `${eleven.toFixed(2)} s (${(eleven / ours).toFixed(1)} times three)`,
    peers: [],
    bound: `${ELEVEN_TO_THREE} times three chains`,
    reached: eleven / ours <= ELEVEN_TO_THREE,
  }, {
    work: `the same with all ${ALL.length} chains, whole process`,
    ours: `${all.toFixed(2)} s (${(all / ours).toFixed(1)} times three)`,
    peers: [meter === null ? nfpcapd.remark : `nfpcapd ${meter.toFixed(2)} s`],
    bound: `${ALL_TO_NFPCAPD} times nfpcapd`,
    reached: meter === null ? null : all <= meter * ALL_TO_NFPCAPD,
  }];
}

function remove(path: string): void {
  try {
    Deno.removeSync(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}

/** Other programs that read a capture; a time counts only when they wrote something. */
function peersOf(folder: string, path: string) {
  const [flows, pathspider] = [`${folder}/nfpcapd`, `${folder}/pspdr`];
  Deno.mkdirSync(flows);
  const wrote = (file: () => string) => ({ seconds }: Ran) => {
    try {
      return Deno.statSync(file()).size > 0 ? seconds : null;
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return null;
      throw error;
    }
  };
  const most = String(FLOWS * 2);
  return {
    nfpcapd: new Peer(
      "nfpcapd",
      ["nfpcapd", "-r", path, "-l", flows],
      wrote(() => `${flows}/${[...Deno.readDirSync(flows)][0]?.name}`),
    ),
    softflowd: new Peer(
      "softflowd",
      ["softflowd", "-r", path, "-n", "127.0.0.1:9", "-m", most],
      ({ seconds }) => seconds,
    ),
    pspdr: new Peer(
      "pspdr",
      ["pspdr", "observe", "-i", path, "--output", pathspider],
      wrote(() => pathspider),
    ),
  };
}
