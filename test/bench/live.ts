import { NEAR, TargetLab } from "../lab/target_lab.ts";
import { PACKETS_A_FLOW, writeCapture } from "./capture.ts";
import { spiderCommand } from "./process.ts";
import { withFolder } from "./measurement.ts";
import { asked, type FigureRow, grouped } from "./row.ts";
import { size } from "./size.ts";

const RATE = 300_000;
const SECONDS = size(10, 2);
/** Flows of the capture that is sent once a second, each time from and to other addresses. */
const FLOWS = Math.ceil(RATE / PACKETS_A_FLOW);
const SENT = FLOWS * PACKETS_A_FLOW * SECONDS;
/** The least share of the rate that tcpreplay reaches without an observer. */
const SHARE = 0.95;
/** tcpreplay keeps to a rate only roughly. */
const NEARLY = 0.98;

/** What the observer saw. */
interface Seen {
  readonly packets: number;
  readonly flows: number;
  readonly dropped: number;
}

/** Packets over veth as fast as asked, and `spider observe` on their way. */
export async function liveObserveRow(): Promise<FigureRow> {
  await using lab = await TargetLab.open();
  return await withFolder(async (folder) => {
    const capture = `${folder}/flows.pcap`;
    writeCapture(capture, FLOWS);
    const unobserved = await send(lab, capture);
    const output = `${folder}/flows.ndjson`;
    const observer = await observe(lab, output);
    const rate = await send(lab, capture);
    await pause(500); // what the kernel has gathered
    const { packets, flows, dropped } = await end(observer, output);
    const whole = packets === SENT && flows === FLOWS * SECONDS && dropped === 0;
    return {
      work: `observe live over veth, ${grouped(SENT)} packets of ${
        grouped(FLOWS * SECONDS)
      } TCP flows, chains basic tcp ecn`,
      ours: `${grouped(rate)} packets/s sent, ${grouped(packets)} counted in ${
        grouped(flows)
      } flows, ${grouped(dropped)} dropped`,
      peers: [`tcpreplay while nobody observes: ${grouped(unobserved)} packets/s`],
      bound: `${SHARE} of tcpreplay alone, no drop, all counted (${
        asked(`${grouped(RATE)} packets/s for ${SECONDS} s`, rate >= RATE * NEARLY)
      })`,
      reached: rate >= SHARE * unobserved && whole,
    };
  });
}

const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

function within(namespace: string, command: readonly string[]): Deno.Command {
  return new Deno.Command("ip", {
    args: ["netns", "exec", namespace, ...command],
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  });
}

/** Starts the observer at the router's end of the client's link, and waits until it listens. */
async function observe(lab: TargetLab, output: string): Promise<Deno.ChildProcess> {
  const [router = ""] = lab.routers;
  const child = within(
    router,
    spiderCommand([
      ...["observe", "-i", NEAR, "--output", output, "--stats", `${output}.json`],
      ...["tcp", "ecn"],
    ]),
  ).spawn();
  for (let tries = 0; tries < 100; tries++) {
    const { stdout } = await within(router, ["cat", "/proc/net/packet"]).output();
    // The first line names the columns
    if (new TextDecoder().decode(stdout).trimEnd().includes("\n")) return child;
    await pause(50);
  }
  child.kill("SIGKILL");
  throw new Error("the observer does not listen");
}

/** Sends the capture over and over; packets a second. */
async function send(lab: TargetLab, path: string): Promise<number> {
  const { success, stdout, stderr } = await within(lab.client, [
    ...["tcpreplay", "--preload-pcap", "--intf1", lab.interface, "--pps", String(RATE)],
    ...["--loop", String(SECONDS), "--unique-ip", path],
  ]).output();
  const said = new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr);
  const rate = /([\d.]+) pps/.exec(said)?.[1];
  if (!success || rate === undefined) throw new Error(`tcpreplay: ${said}`);
  return Number(rate);
}

async function end(observer: Deno.ChildProcess, output: string): Promise<Seen> {
  observer.kill("SIGINT");
  const { success, stderr } = await observer.output();
  if (!success) throw new Error(`spider observe: ${new TextDecoder().decode(stderr)}`);
  const { dropped_by_kernel } = JSON.parse(Deno.readTextFileSync(`${output}.json`));
  // The lab's own packets, such as neighbour discovery, are not TCP
  const records = Deno.readTextFileSync(output).split("\n")
    .filter((line) => line.includes('"proto":6,'))
    .map((line) => JSON.parse(line) as { pkt_fwd: number; pkt_rev: number });
  return {
    packets: records.reduce((sum, { pkt_fwd, pkt_rev }) => sum + pkt_fwd + pkt_rev, 0),
    flows: records.length,
    dropped: Number(dropped_by_kernel),
  };
}
