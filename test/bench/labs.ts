import { run } from "../../src/host/run.ts";
import { LiveLab } from "../../src/lab/live/live_lab.ts";
import { shellScript } from "../../src/lab/topology/export_script.ts";
import { planLab } from "../../src/lab/topology/plan.ts";
import { ethernet, ip4, pcapFile, SYN, tcp, timestamps } from "../data/packets.ts";
import { withChecksums } from "../transit/checksums.ts";
import { withFolder } from "./measurement.ts";
import { ran } from "./process.ts";
import { asked, type FigureRow, grouped, median } from "./row.ts";
import { size } from "./size.ts";

const ROUNDS = size(5, 1);
/** Hosts and routers of the lab that is built. */
const NODES = 8;
/** How long it may take, as a multiple of a shell script with the same commands. */
const TIMES = 3;
const UP_ASKED = 2;
const DOWN_ASKED = 1;

/** Packets a second that the program is to forward at least, and those that are aimed at. */
const PACKETS_ASKED = 50_000;
const PACKETS_AIM = 200_000;
/** The least share of what the kernel alone forwards. */
const SHARE = 0.4;
/** Packets of a turn. */
const PACKETS = size(600_000, 30_000);
const FRAMES = 1000;
/** Where the packets go. */
const SERVED = [10, 20, 0, 0];

const quiet = { restored: () => {}, fault: () => {} };

/** What labs cost: to build one, to forward packets through its program. */
export async function labRows(): Promise<FigureRow[]> {
  return [await buildRow(), await programRow()];
}

async function buildRow(): Promise<FigureRow> {
  const routers = Array.from({ length: NODES - 2 }, (_, at) => `r${at + 1}`);
  const way = ["client", ...routers, "server"];
  const text = `hosts: { client: , server: { serves: [10.20.0.0/16, "fd53:20::/64"] } }
routers: { ${routers.map((name) => `${name}: { middleboxes: [ecn-clear, mss-clamp] }`).join(", ")} }
links: [${way.slice(1).map((name, at) => `[${way[at]}, ${name}]`).join(", ")}]
`;
  const plan = await planLab(text, "bench", `bench-${Deno.pid}`);
  const ups: number[] = [];
  const downs: number[] = [];
  const scripts: number[] = [];
  await withFolder(async (folder) => {
    const script = `${folder}/lab.sh`;
    Deno.writeTextFileSync(script, shellScript(plan));
    for (let round = 0; round < ROUNDS; round++) {
      scripts.push((await ran(["sh", script, "up"])).seconds);
      await ran(["sh", script, "down"]);
      const began = performance.now();
      const lab = LiveLab.open(plan, quiet);
      const up = performance.now();
      await lab.close();
      ups.push((up - began) / 1000);
      downs.push((performance.now() - up) / 1000);
    }
  });
  const [up, down, script] = [median(ups), median(downs), median(scripts)];
  return {
    work: `a lab of ${NODES} namespaces, both IP versions, middleboxes on each router`,
    ours: `up in ${up.toFixed(2)} s, down in ${down.toFixed(2)} s`,
    peers: [`the same commands from a shell script: up in ${script.toFixed(2)} s`],
    bound: `${TIMES} times the script (${asked(`up in ${UP_ASKED} s`, up < UP_ASKED)}; ${
      asked(`down in ${DOWN_ASKED} s`, down < DOWN_ASKED)
    })`,
    reached: up <= TIMES * script,
  };
}

async function programRow(): Promise<FigureRow> {
  const plain: number[] = [];
  const programmed: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    plain.push(await forwarded("transparent"));
    programmed.push(await forwarded('"option-strip:8"'));
  }
  const rate = median(programmed);
  const ratio = median(programmed.map((one, at) => one / plain[at]!));
  return {
    work: "SYNs forwarded through a middlebox of the program, which takes an option out of each",
    ours: `${grouped(rate)} packets/s, ${ratio.toFixed(2)} of plain forwarding`,
    peers: [`the kernel alone, the same sender: ${grouped(median(plain))} packets/s`],
    bound: `${SHARE} of it (${
      asked(`${grouped(PACKETS_ASKED)} packets/s`, rate >= PACKETS_ASKED)
    }; aimed at ${grouped(PACKETS_AIM)})`,
    reached: ratio >= SHARE,
  };
}

/** Packets a second that arrive behind a router with a middlebox, when as many as can be are sent. */
async function forwarded(middlebox: string): Promise<number> {
  const text = `ipv6: false
hosts: { client: , server: { serves: [${SERVED.join(".")}/16] } }
routers: { edge: { middleboxes: [${middlebox}] } }
links: [[client, edge], [edge, server]]
`;
  await using lab = LiveLab.open(await planLab(text, "bench", `bench-${Deno.pid}`), quiet);
  const [client, server, edge] = ["client", "server", "edge"].map((name) =>
    lab.node(name).namespace
  );
  // What arrives is counted, and costs no more
  run("ip", ["netns", "exec", server!, "iptables", "-t", "raw", "-A", "PREROUTING", "-j", "DROP"]);
  return await withFolder(async (folder) => {
    const capture = `${folder}/syns.pcap`;
    Deno.writeFileSync(capture, syns(await addressOf(edge!)));
    const before = await arrived(server!);
    const { seconds } = await ran([
      ...["ip", "netns", "exec", client!, "tcpreplay", "--preload-pcap", "--topspeed", "--quiet"],
      ...["--intf1", "eth0", "--loop", String(PACKETS / FRAMES), capture],
    ]);
    return (await arrived(server!) - before) / seconds;
  });
}

/** SYNs with timestamps to a router's link address, for many targets. */
function syns(link: readonly number[]): Uint8Array {
  return pcapFile(Array.from({ length: FRAMES }, (_, at) => {
    const segment = tcp({
      source: 1024 + at,
      flags: SYN,
      options: [2, 4, 5, 180, ...timestamps(at, 0)],
    });
    const destination = [...SERVED.slice(0, 2), at >> 8, at & 255];
    const packet = ip4(segment, { source: [100, 64, 0, 1], destination });
    const frame = ethernet(withChecksums(packet));
    frame.set(link);
    return { time: 0, data: frame };
  }));
}

interface ShownLink {
  readonly address: string;
  readonly stats64: { readonly rx: { readonly packets: number } };
}

async function shown(namespace: string): Promise<ShownLink> {
  const { stdout } = await ran(["ip", "-n", namespace, "-s", "-j", "link", "show", "eth0"]);
  return JSON.parse(stdout)[0];
}

async function addressOf(namespace: string): Promise<number[]> {
  return (await shown(namespace)).address.split(":").map((part) => parseInt(part, 16));
}

async function arrived(namespace: string): Promise<number> {
  return (await shown(namespace)).stats64.rx.packets;
}
