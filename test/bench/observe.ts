import { Capture } from "../../src/host/capture.ts";
import { chains } from "../../src/observe/chains.ts";
import { FlowTable } from "../../src/observe/flow_table.ts";
import { PACKETS_A_FLOW, writeCapture } from "./capture.ts";
import { installed, inTurn, spiderCommand } from "./process.ts";
import { grouped, median, type Row } from "./row.ts";

const FEW = ["basic", "tcp", "ecn"];
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
/** How much longer it may take with every chain on. */
const ALL_TO_FEW = 1.6;

/** Packets a second that the dissector and flow table take, without reading and writing. */
function dissectorSpeed(path: string): number {
  const runs: number[] = [];
  for (let round = 0; round < 5; round++) {
    using capture = Capture.file(path);
    const table = new FlowTable({
      chains: FEW,
      idle: 30,
      linger: 5,
      input: INPUT,
    });
    let taken = 0;
    while (!capture.ended) {
      const octets = capture.read(table.input(BATCH), BATCH);
      const begin = performance.now();
      table.dissect(octets, capture.linkType, capture.fraction);
      taken += performance.now() - begin;
      while (table.drain().length > 0);
    }
    runs.push(table.stats().packets! / (taken / 1000));
  }
  return median(runs);
}

/** Observing a capture of 1.08 M packets: the dissector alone, and the whole process beside others. */
export async function observeRows(): Promise<Row[]> {
  const folder = Deno.makeTempDirSync({ prefix: "spider-bench-" });
  try {
    const path = `${folder}/flows.pcap`;
    writeCapture(path, FLOWS);
    const speed = dissectorSpeed(path);
    const observing = (names: readonly string[]) =>
      spiderCommand(["observe", "-i", path, "--output", `${folder}/flows.ndjson`, ...names]);
    const all = chains().map(({ name }) => name);
    const commands: Record<string, readonly string[]> = {
      spider: observing(FEW),
      all: observing(all),
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
    const { spider: ours = NaN, all: allChains = NaN, nfpcapd, pspdr, ...others } = medians;
    const peers = Object.entries({ nfpcapd, pspdr, ...others }).flatMap(([name, time]) =>
      time === undefined
        ? []
        : [`${name} ${time.toFixed(2)} s (${(time / ours).toFixed(1)} times ours)`]
    );
    const pathspider = pspdr ??
      (nfpcapd === undefined ? undefined : nfpcapd * PATHSPIDER_TO_NFPCAPD);
    if (pathspider !== undefined && pspdr === undefined) {
      peers.push(`PATHspider, estimated by nfpcapd, ${(pathspider / ours).toFixed(0)} times ours`);
    }
    const packets = FLOWS * PACKETS_A_FLOW;
    return [{
      work: "dissector and flow table alone, chains basic tcp ecn",
      ours: `${(speed / 1e6).toFixed(1)} M packets/s`,
      peers: [],
      bound: "3 M packets/s",
      reached: speed >= 3e6,
    }, {
      work: `observe ${grouped(packets)} packets, ${grouped(FLOWS)} flows, whole process`,
      ours: `${ours.toFixed(2)} s`,
      peers,
      bound: "20 times PATHspider, no slower than 1.5 times nfpcapd",
      reached: pathspider !== undefined && pathspider / ours >= 20 &&
        (nfpcapd === undefined || ours <= nfpcapd * SLOWER_THAN_NFPCAPD),
    }, {
      work: `the same with all chains: ${all.join(" ")}`,
      ours: `${allChains.toFixed(2)} s, ${(allChains / ours).toFixed(2)} times that of ${
        FEW.join(" ")
      }`,
      peers: [],
      bound: `${ALL_TO_FEW} times that of ${FEW.join(" ")}`,
      reached: allChains <= ours * ALL_TO_FEW,
    }];
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
}
