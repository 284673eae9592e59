import { linkAddress, TargetLab } from "../lab/target_lab.ts";
import { besideMtrPacket, mtrPacketAlone, type MtrProbe } from "./mtr_packet.ts";
import { numbersOf, Peer } from "./peer.ts";
import { denoCommand, output, type Ran, spiderCommand } from "./process.ts";
import { asked, type FigureRow, grouped, median } from "./row.ts";
import { size } from "./size.ts";

const PROBES = size(10_000, 1000);
const ROUNDS = size(7, 1);
/**
 * mtrpacket was measured at up to 26,000 probes/s, where mtr-packet alone reaches 43,000 when the
 * machine is idle: the share to reach where mtrpacket is not installed.
 */
const PEER_SHARE = 0.6;
const PEER_CPU = 0.8;
const TRACES = size(200, 20);
const ROUTERS = 5;
const PROBES_A_HOP = 3;
/** The most that traces may take, as a multiple of their probes through mtr-packet alone. */
const TRACE_TIMES = 6;
const TRACE_ASKED = 5;

/** What `probe_main.ts` does, with the Python package; it does not wait for room by itself. */
const PYTHON = `
import asyncio, json, resource, sys, time, mtrpacket
async def main():
    targets = sys.stdin.read().split()
    room = asyncio.Semaphore(900)
    async with mtrpacket.MtrPacket() as mtr:
        async def probe(target):
            async with room:
                return await mtr.probe(target, timeout=5)
        begin = time.perf_counter()
        results = await asyncio.gather(*[probe(target) for target in targets])
        seconds = time.perf_counter() - begin
    usage = resource.getrusage(resource.RUSAGE_SELF)
    print(json.dumps({
        "answered": sum(result.success for result in results),
        "seconds": seconds, "cpu": usage.ru_utime + usage.ru_stime}))
asyncio.run(main())
`;

interface Figures {
  readonly answered: number;
  readonly seconds: number;
  readonly cpu: number;
}

/** Probes beside the Python package, and paths traced at once. */
export async function probeRows(): Promise<FigureRow[]> {
  await using lab = await TargetLab.open({ routers: ROUTERS });
  return [await echoRow(lab), await traceRow(lab)];
}

async function echoRow(lab: TargetLab): Promise<FigureRow> {
  const addresses = lab.addresses("transparent", 4, PROBES);
  const input = addresses.join("\n");
  const peer = new Peer("mtrpacket (Python)", lab.exec(["python3", "-c", PYTHON]), figures, input);
  const command = lab.exec(denoCommand("probe_main.ts", []));
  const ours: Figures[] = [];
  const loops: number[] = [];
  for (let round = 0; round <= ROUNDS; round++) {
    const came: Figures = JSON.parse(await output(command, input));
    if (came.answered !== PROBES) throw new Error(`${came.answered} of ${PROBES} answered`);
    const loop = await mtrPacketAlone(lab, addresses.map((target) => ({ target })));
    if (loop.answered !== PROBES) throw new Error(`mtr-packet: ${loop.answered} answered`);
    await peer.run(round > 0);
    if (round === 0) continue;
    ours.push(came);
    loops.push(loop.seconds);
  }
  const theirs = peer.figures;
  const share = median(ours.map(({ seconds }, round) => loops[round]! / seconds));
  return {
    work: `${grouped(PROBES)} ICMP probes through mtr-packet, CPU of the client's whole process`,
    ours: `${said(ours)}, ${share.toFixed(2)} of mtr-packet alone`,
    peers: [
      `mtr-packet alone, fed all commands at once: ${grouped(PROBES / median(loops))} probes/s`,
      theirs === null
        ? `${peer.remark}; as measured elsewhere, 20,000 to 26,000 probes/s`
        : `${peer.name} ${said(theirs)}`,
    ],
    bound: theirs === null
      ? `${PEER_SHARE} of mtr-packet alone, as mtrpacket elsewhere, all answered`
      : `level with mtrpacket, ${PEER_CPU} of its CPU, all answered`,
    reached: theirs === null
      ? share >= PEER_SHARE
      : rate(ours) >= rate(theirs) && cpu(ours) <= cpu(theirs) * PEER_CPU,
  };
}

/** The result of the Python package; null when it wrote something else, or got no answers. */
function figures({ stdout }: Ran): Figures | null {
  const read = numbersOf(stdout, ["answered", "seconds", "cpu"]);
  return read?.answered === PROBES ? read : null;
}

function rate(list: readonly Figures[]): number {
  return PROBES / median(list.map(({ seconds }) => seconds));
}

function cpu(list: readonly Figures[]): number {
  return median(list.map(({ cpu }) => cpu));
}

function said(list: readonly Figures[]): string {
  return `${grouped(rate(list))} probes/s, ${cpu(list).toFixed(2)} s of CPU`;
}

/** What is read of a record here. */
interface Record {
  readonly dst_addr: string;
  readonly result: readonly { readonly result: readonly { readonly from?: string }[] }[];
}

async function traceRow(lab: TargetLab): Promise<FigureRow> {
  const targets = lab.addresses("transparent", 4, TRACES);
  const command = lab.exec(spiderCommand(["trace", "--json", ...targets]));
  const probes = targets.flatMap((target) => hopProbes(target));
  const { taken, loop, ratio, wrong } = await besideMtrPacket<Record>(lab, {
    rounds: ROUNDS,
    command,
    probes,
    wrongOf: (records) => {
      if (records.length !== TRACES) throw new Error(`${records.length} of ${TRACES} came`);
      return records.filter((record) => !isRight(record)).length;
    },
  });
  return {
    work: `${TRACES} traces at once over five routers, three probes a hop, whole process`,
    ours: `${taken.toFixed(2)} s, ${ratio.toFixed(1)} times mtr-packet alone, ${wrong} wrong`,
    peers: [`mtr-packet alone, fed these probes at once: ${loop.toFixed(2)} s`],
    bound: `${TRACE_TIMES} times mtr-packet alone, 0 wrong (${
      asked(`${TRACE_ASKED} s`, taken < TRACE_ASKED)
    })`,
    reached: ratio <= TRACE_TIMES && wrong === 0,
  };
}

/** The probes of a trace, each router and the target. */
function hopProbes(target: string): MtrProbe[] {
  return Array.from({ length: (ROUTERS + 1) * PROBES_A_HOP }, (_, at) => ({
    target,
    ttl: 1 + Math.floor(at / PROBES_A_HOP),
  }));
}

function isRight({ dst_addr, result }: Record): boolean {
  const expected = Array.from({ length: ROUTERS }, (_, link) => linkAddress(4, link, 2));
  const hops = [...expected, dst_addr];
  return result.length === hops.length &&
    result.every((hop, at) =>
      hop.result.length === 3 && hop.result.every(({ from }) => from === hops[at])
    );
}
