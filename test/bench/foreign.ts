import { run } from "../../src/host/run.ts";
import { NEAR, TargetLab } from "../lab/target_lab.ts";
import { ECN_TRUTH } from "../lab/ecn_truth.ts";
import { PACKETS_A_FLOW, writeCapture } from "./capture.ts";
import { type Count, measure, type Measurement, said, withFolder } from "./measurement.ts";
import { type FigureRow, grouped, median } from "./row.ts";
import { size } from "./size.ts";

const RATE = 200_000;
const TARGETS = size(10_000, 500);
const WORKERS = 100;
/** How much slower a measurement may be beside foreign packets. */
const BOUND = 0.9;

/** Turns with foreign packets over the interface and past it, one after the other. */
const ROUNDS = size(5, 1);

const ASKED: Measurement = {
  args: ["ecn", "--connect", "tcp", "-w", String(WORKERS)],
  targets: { transparent: TARGETS },
  truth: { transparent: ECN_TRUTH.transparent.tcp },
};

/** A link of the router that leads nowhere: what goes there costs this machine the same, but no capture. */
const NOWHERE = "nowhere";

/**
 * Measures while others' packets come to the same interface, as fast as a busy server's. The
 * machine also generates them, which takes most of a core: so the reference is the measurement
 * while the same packets go another way.
 */
export async function foreignRow(): Promise<FigureRow> {
  await using lab = await TargetLab.open();
  const [router = ""] = lab.routers;
  const inRouter = (words: string) => run("ip", ["-n", router, ...words.split(" ")]);
  inRouter(`link add ${NOWHERE} type veth peer name end`);
  for (const end of [NOWHERE, "end"]) inRouter(`link set ${end} up`);
  // As on an untuned host; the foreign flows have lower ports
  const ports = "net.ipv4.ip_local_port_range=32768 60999";
  run("ip", ["netns", "exec", lab.client, "sysctl", "-q", "-w", ports]);
  return await withFolder(async (folder) => {
    const capture = `${folder}/foreign.pcap`;
    writeCapture(capture, RATE / 10 / PACKETS_A_FLOW);
    const turn = (device: string) =>
      beside(router, device, capture, () => measure(lab, folder, ASKED, 1));
    const rounds: { readonly past: Count; readonly over: Count }[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      rounds.push({ past: await turn(NOWHERE), over: await turn(NEAR) });
    }
    const rate = (way: "past" | "over") =>
      TARGETS / median(rounds.map((round) => round[way].seconds));
    const ratio = median(rounds.map(({ past, over }) => past.seconds / over.seconds));
    const most = (what: "unobserved" | "wrong") =>
      Math.max(...rounds.map(({ over }) => over[what]));
    const worst = { seconds: 0, unobserved: most("unobserved"), wrong: most("wrong") };
    return {
      work: `measure ecn tcp, ${grouped(TARGETS)} live targets, -w ${WORKERS}, while ${
        grouped(RATE)
      } foreign packets/s come to the same interface`,
      ours: `${grouped(rate("over"))} targets/s, ${said(worst)}; ${
        grouped(rate("past"))
      } targets/s while they go past it: ${ratio.toFixed(2)} times`,
      peers: [],
      bound: `${BOUND} times, 0 not observed, 0 wrong`,
      reached: ratio >= BOUND && worst.unobserved + worst.wrong === 0,
    };
  });
}

/** Calls while foreign packets leave by an interface of the router. */
async function beside<T>(
  router: string,
  device: string,
  capture: string,
  call: () => Promise<T>,
): Promise<T> {
  const child = new Deno.Command("ip", {
    args: [
      ...["netns", "exec", router, "tcpreplay", "--preload-pcap", "--intf1", device],
      ...["--pps", String(RATE), "--loop", "0", "--quiet", capture],
    ],
    stdin: "null",
    stdout: "null",
    stderr: "piped",
  }).spawn();
  const ended = child.output();
  let over = false;
  ended.then(() => over = true);
  try {
    const came = await call();
    if (over) {
      throw new Error(`tcpreplay ended: ${new TextDecoder().decode((await ended).stderr)}`);
    }
    const sent = packetsSent(router, device);
    if (sent === 0) throw new Error(`no foreign packet left by ${device}`);
    return came;
  } finally {
    if (!over) child.kill("SIGTERM");
    await ended;
  }
}

function packetsSent(router: string, device: string): number {
  const [link] = JSON.parse(run("ip", ["-n", router, "-s", "-j", "link", "show", device]));
  return link.stats64.tx.packets;
}
