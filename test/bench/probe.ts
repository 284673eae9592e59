import { fileURLToPath } from "node:url";
import { Lab } from "../../src/lab/lab.ts";
import { spiderCommand } from "./process.ts";
import { grouped, median, type Row } from "./row.ts";

const PROBES = 10_000;
const ROUNDS = 7;
/**
 * mtrpacket was measured at up to 26,000 probes/s, where mtr-packet alone reaches 43,000 when the
 * machine is idle: the share to reach where mtrpacket is not installed.
 */
const PEER_SHARE = 0.6;
const TRACES = 200;
const ROUTERS = 5;

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

async function output(command: readonly string[], input = ""): Promise<string> {
  const [program = "", ...args] = command;
  const child = new Deno.Command(program, {
    args,
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const ended = child.output();
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(input));
  await writer.close();
  const { success, stdout, stderr } = await ended;
  const decoder = new TextDecoder();
  if (!success) throw new Error(`${program}: ${decoder.decode(stderr)}`);
  return decoder.decode(stdout);
}

function hasPeer(): boolean {
  try {
    return new Deno.Command("python3", { args: ["-c", "import mtrpacket"], stderr: "null" })
      .outputSync().success;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

/** Probes beside the Python package, and paths traced at once. */
export async function probeRows(): Promise<Row[]> {
  using lab = Lab.open({ routers: ROUTERS });
  return [await echoRow(lab), await traceRow(lab)];
}

async function echoRow(lab: Lab): Promise<Row> {
  const targets = lab.addresses("transparent", 4, PROBES).join("\n");
  const main = fileURLToPath(new URL("probe_main.ts", import.meta.url));
  const commands = {
    ours: lab.exec([Deno.execPath(), "run", "--no-check", "-A", main]),
    peer: hasPeer() ? lab.exec(["python3", "-c", PYTHON]) : null,
  };
  const runs = { ours: [] as Figures[], peer: [] as Figures[] };
  for (let round = 0; round <= ROUNDS; round++) {
    for (const name of ["ours", "peer"] as const) {
      const command = commands[name];
      if (command === null) continue;
      const figures: Figures = JSON.parse(await output(command, targets));
      if (figures.answered !== PROBES) throw new Error(`${name}: ${figures.answered} answered`);
      if (round > 0) runs[name].push(figures);
    }
  }
  const alone = PROBES / await secondsAlone(lab, targets);
  const rate = (list: readonly Figures[]) => PROBES / median(list.map(({ seconds }) => seconds));
  const cpu = (list: readonly Figures[]) => median(list.map(({ cpu }) => cpu));
  const said = (list: readonly Figures[]) =>
    `${grouped(rate(list))} probes/s, ${cpu(list).toFixed(2)} s of CPU`;
  const { ours, peer } = runs;
  return {
    work: `${grouped(PROBES)} ICMP probes through mtr-packet, CPU of the client's whole process`,
    ours: said(ours),
    peers: [
      `mtr-packet alone, fed all commands at once: ${grouped(alone)} probes/s`,
      peer.length > 0
        ? `mtrpacket (Python) ${said(peer)}`
        : "mtrpacket (Python) is not installed; as measured elsewhere, 20,000 to 26,000 probes/s",
    ],
    bound: peer.length > 0
      ? "level with mtrpacket, 0.8 of its CPU, all answered"
      : `${PEER_SHARE} of mtr-packet alone, as mtrpacket elsewhere, all answered`,
    reached: peer.length > 0
      ? rate(ours) >= rate(peer) && cpu(ours) <= cpu(peer) * 0.8
      : rate(ours) >= alone * PEER_SHARE,
  };
}

/** Seconds that mtr-packet takes for the same probes when nobody waits for its replies. */
async function secondsAlone(lab: Lab, targets: string): Promise<number> {
  const commands = targets.split("\n")
    .map((target, at) => `${at + 1} send-probe ip-4 ${target} timeout 5\n`).join("");
  const times: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const begin = performance.now();
    const out = await output(lab.exec(["mtr-packet"]), commands);
    times.push((performance.now() - begin) / 1000);
    const answered = out.split("\n").filter((line) => line.includes(" reply ")).length;
    if (answered !== PROBES) throw new Error(`mtr-packet: ${answered} answered`);
  }
  return median(times);
}

/** What is read of a record here. */
interface Record {
  readonly dst_addr: string;
  readonly result: readonly { readonly result: readonly { readonly from?: string }[] }[];
}

async function traceRow(lab: Lab): Promise<Row> {
  const targets = lab.addresses("transparent", 4, TRACES);
  const times: number[] = [];
  let wrong = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const begin = performance.now();
    const out = await output(lab.exec(spiderCommand(["trace", "--json", ...targets])));
    times.push((performance.now() - begin) / 1000);
    const records: Record[] = out.trim().split("\n").map((line) => JSON.parse(line));
    if (records.length !== TRACES) throw new Error(`${records.length} of ${TRACES} came`);
    wrong = Math.max(wrong, records.filter((record) => !isRight(record)).length);
  }
  const taken = median(times);
  return {
    work: `${TRACES} traces at once over five routers, three probes a hop, whole process`,
    ours: `${taken.toFixed(2)} s, ${wrong} wrong`,
    peers: [],
    bound: "5 s, 0 wrong",
    reached: taken < 5 && wrong === 0,
  };
}

function isRight({ dst_addr, result }: Record): boolean {
  const expected = Array.from({ length: ROUTERS }, (_, link) => `10.21.${link}.2`);
  const hops = [...expected, dst_addr];
  return result.length === hops.length &&
    result.every((hop, at) =>
      hop.result.length === 3 && hop.result.every(({ from }) => from === hops[at])
    );
}
