import { run } from "../../src/host/run.ts";
import type { RunManifest } from "../../src/result/run_manifest.ts";
import { TargetLab } from "../lab/target_lab.ts";
import { TARGETS } from "../lab/targets.ts";
import { withFolder } from "./measurement.ts";
import { Peer } from "./peer.ts";
import { denoCommand, ours, output, spiderCommand } from "./process.ts";
import { type FigureRow, grouped, median } from "./row.ts";
import { size } from "./size.ts";
import { type Used, used, withUsage } from "./used.ts";
import { zmapCommand, zmapFigures } from "./zmap.ts";

/** Targets of the lab: all of its IPv4 addresses, and fewer in a quick look. */
const PREFIX = size(TARGETS[4], "10.20.0.0/20");
const COUNT = size(65_536, 4096);
const ROUNDS = size(3, 1);
/** Ports of each address that nobody is at: probes enough for seconds. */
const SILENT_PORTS = size("1-16", "1");
/** Packets a second that one core sends where nothing answers. */
const ASKED_SILENCE = 300_000;
/** The first target of an order of 2^32, in milliseconds, and megabytes for any number of targets. */
const FIRST_MS = 100;
const ORDER_MB = 150;
/** Lines of a list, and what reading them may take, in megabytes. */
const LINES = size(10_000_000, 100_000);
const LIST_MB = 300;

/** What a scan did, as its summary and manifest say. */
interface Scanned extends Used {
  /** Probes a second while it sent. */
  readonly rate: number;
  readonly answered: number;
  /** Probes that were not answered, and of which the kernel dropped no answer. */
  readonly lost: number;
  readonly targets: ReadonlySet<string>;
}

/** `spider scan`, beside zmap, in one lab. */
export async function scanRows(): Promise<FigureRow[]> {
  return await withFolder(async (folder) => [
    ...await answeredRows(folder),
    await silenceRow(folder),
    await orderRow(),
    await listRow(folder),
  ]);
}

/** Whole scans of targets that all answer. */
async function answeredRows(folder: string): Promise<FigureRow[]> {
  await using lab = await TargetLab.open();
  const answers = `${folder}/zmap-answers`;
  const zmap = new Peer(
    "zmap",
    lab.exec(withUsage(zmapCommand(lab, [PREFIX, "-c", "2", "-o", answers]))),
    (ran) => {
      const figures = zmapFigures(ran, COUNT);
      if (figures === null) return null;
      const known = Deno.readTextFileSync(answers).trimEnd().split("\n");
      return { ...figures, ...used(ran), targets: new Set(known) };
    },
  );
  const scans: Scanned[] = [];
  const disagreed: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const one = await scan(lab, folder, [PREFIX, "--rate", "0", "--cooldown", "2"]);
    scans.push(one);
    await zmap.run();
    const theirs = zmap.figures?.at(-1)?.targets ?? new Set<string>();
    disagreed.push(theirs.difference(one.targets).size);
  }
  const rate = median(scans.map((one) => one.rate));
  const cpu = median(scans.map((one) => one.cpu / one.answered * 1e6));
  const lost = Math.max(...scans.map((one) => one.lost));
  const theirs = zmap.figures;
  const peer = theirs && {
    rate: median(theirs.map((one) => one.rate)),
    cpu: median(theirs.map((one) => one.cpu / one.answered * 1e6)),
    lost: theirs.map((one) => COUNT - one.answered),
  };
  const peers = peer === null ? [zmap.remark] : [
    `zmap ${grouped(peer.rate)} probes/s, ${
      peer.cpu.toFixed(1)
    } µs of processor time an answered probe, ${peer.lost.join(", ")} of ${
      grouped(COUNT)
    } without an answer`,
  ];
  const ratio = peer === null ? null : rate / peer.rate;
  return [{
    work: `scan ecn, ${grouped(COUNT)} targets over veth that all answer, both arms`,
    ours: `${grouped(rate)} probes/s${
      ratio === null ? "" : `, ${ratio.toFixed(2)} of zmap's`
    }, ${lost} answers lost that the kernel did not drop`,
    peers,
    bound: "1 of zmap's (aimed at: 1.5), none lost",
    reached: ratio === null ? null : ratio >= 1 && lost === 0,
  }, {
    work: "the same: processor time of the whole process for an answered probe",
    ours: `${cpu.toFixed(1)} µs`,
    peers,
    bound: "no more than zmap's",
    reached: peer === null ? null : cpu <= peer.cpu,
  }, {
    work: "the same: who answered",
    ours: `${Math.max(...disagreed)} targets that answered zmap, and not spider`,
    peers,
    bound: "0",
    reached: peer === null ? null : disagreed.every((count) => count === 0),
  }];
}

/** Probes that nothing answers, from one core. */
async function silenceRow(folder: string): Promise<FigureRow> {
  await using lab = await TargetLab.open();
  const [router = ""] = lab.routers;
  // Dropped where they come out, so that only the way there is measured
  for (
    const command of [
      "add table ip silent",
      "add chain ip silent in { type filter hook prerouting priority -300; }",
      `add rule ip silent in ip daddr ${TARGETS[4]} drop`,
    ]
  ) run("ip", ["netns", "exec", router, "nft", command]);
  const rates: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const words = [PREFIX, "--rate", "0", "--cooldown", "1"];
    const one = await scan(lab, folder, words, SILENT_PORTS, ["taskset", "-c", "0"]);
    rates.push(one.rate);
  }
  return {
    work: "scan ecn, probes to addresses that do not answer, on one core",
    ours: `${grouped(median(rates))} packets/s`,
    peers: [],
    bound: `${grouped(ASKED_SILENCE)} packets/s`,
    reached: median(rates) >= ASKED_SILENCE,
  };
}

async function scan(
  lab: TargetLab,
  folder: string,
  words: readonly string[],
  ports = "80",
  before: readonly string[] = [],
): Promise<Scanned> {
  const results = `${folder}/scanned`;
  const ran = await ours(lab.exec(withUsage([
    ...before,
    ...spiderCommand([
      ...["scan", "ecn", ...words, "-p", ports, "--no-default-blocklist", "--no-confirm"],
      ...["--output", results],
    ]),
  ])));
  const manifest: RunManifest = JSON.parse(Deno.readTextFileSync(`${results}.manifest.json`));
  const { sent, answers } = manifest.scan!;
  const total = (of: Readonly<Record<string, number>>) =>
    Object.values(of).reduce((all, one) => all + one, 0);
  const [, rate = ""] = /probes in .*? \(([\d,]+)\/s\)/.exec(ran.stderr) ?? [];
  if (rate === "") throw new Error(`the scan says no rate: ${ran.stderr}`);
  const answered = total(answers);
  return {
    ...used(ran),
    rate: Number(rate.replaceAll(",", "")),
    answered,
    lost: Math.max(0, total(sent) - answered - manifest.packets.dropped),
    targets: new Set(
      Deno.readTextFileSync(results).trimEnd().split("\n").filter((line) => line !== "")
        .map((line) => JSON.parse(line).dip),
    ),
  };
}

/** The order of all IPv4 addresses: how soon it begins, and what it takes however far it has come. */
async function orderRow(): Promise<FigureRow> {
  const rows = String(size(20_000_000, 100_000));
  const said = JSON.parse(await output(denoCommand("scan_order_main.ts", [rows])));
  return {
    work: `the order of 2^32 addresses, ${grouped(Number(rows))} of them taken`,
    ours: `the first after ${said.firstMs.toFixed(1)} ms, ${
      Math.round(said.nanoseconds)
    } ns each, ${Math.round(said.peakMb)} MB at most`,
    peers: [],
    bound: `the first within ${FIRST_MS} ms, less than ${ORDER_MB} MB`,
    reached: said.firstMs <= FIRST_MS && said.peakMb < ORDER_MB,
  };
}

/** A list of IPv6 addresses, read and put in order by the program. */
async function listRow(folder: string): Promise<FigureRow> {
  await using lab = await TargetLab.open();
  const list = `${folder}/list`;
  writeList(list);
  const ran = await ours(lab.exec(withUsage(spiderCommand([
    ...["scan", "ecn", "--input", list, "-p", "80", "--no-default-blocklist", "--no-confirm"],
    ...["--rate", "0", "--max-targets", "1000", "--cooldown", "1", "--output", `${folder}/results`],
  ]))));
  const { peakMb } = used(ran);
  return {
    work: `scan ecn, a list of ${grouped(LINES)} IPv6 addresses put in order`,
    ours: `${Math.round(peakMb)} MB at most, ${ran.seconds.toFixed(1)} s to the first ${
      grouped(1000)
    } targets' end`,
    peers: [],
    bound: `less than ${LIST_MB} MB`,
    reached: peakMb < LIST_MB,
  };
}

function writeList(path: string): void {
  using file = Deno.openSync(path, { write: true, create: true, truncate: true });
  const encoder = new TextEncoder();
  const AT_ONCE = 50_000;
  for (let from = 0; from < LINES; from += AT_ONCE) {
    let text = "";
    for (let i = from; i < Math.min(LINES, from + AT_ONCE); i++) {
      text += `fd53:7069:6465:20::${(i >> 16).toString(16)}:${(i & 0xffff).toString(16)}\n`;
    }
    const data = encoder.encode(text);
    for (let at = 0; at < data.length;) at += file.writeSync(data.subarray(at));
  }
}
