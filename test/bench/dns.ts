import { MANY } from "../lab/target_names.ts";
import { TargetLab } from "../lab/target_lab.ts";
import { UDPZERO_TRUTH } from "../lab/udpzero_truth.ts";
import { bare } from "./bare/bare.ts";
import { bareWork, liveRow } from "./beside_bare.ts";
import { ROUNDS, withFolder } from "./measurement.ts";
import { seconds, spiderCommand } from "./process.ts";
import { asked, type FigureRow, grouped, median } from "./row.ts";
import { size } from "./size.ts";

const TARGETS = size(10_000, 500);
const WORKERS = 500;
const ASKED = 3000;
/** The least shares of the questions a second of the bare loop. */
const SHARES = { udpzero: 0.15, names: 0.15 };

/** DNS over UDP: two questions a target, and names that are resolved. */
export async function dnsRows(): Promise<FigureRow[]> {
  await using lab = await TargetLab.open({ services: ["unbound"] });
  return await withFolder(async (folder) => [
    await liveRow(lab, folder, {
      args: ["udpzero", "--connect", "dnsudp"],
      count: TARGETS,
      workers: WORKERS,
      truth: UDPZERO_TRUTH.transparent,
      calls: "dnsudp",
      share: SHARES.udpzero,
      asked: ASKED,
    }),
    await namesRow(lab, folder),
  ]);
}

/** Names with an IPv4 and an IPv6 address each, and now and then one whose answer needs TCP. */
async function namesRow(lab: TargetLab, folder: string): Promise<FigureRow> {
  const [input, output] = [`${folder}/names`, `${folder}/jobs`];
  const names = Array.from({ length: TARGETS - 1 }, (_, i) => `${i + 1},host${i}.example.org\n`);
  Deno.writeTextFileSync(input, names.join("") + `${TARGETS},many.example\n`);
  const [server = ""] = lab.addresses("transparent", 4, 1);
  const command = lab.exec(spiderCommand([
    ...["measure", "dnsresolv", "-w", String(WORKERS), "--resolver", server],
    ...["--input", input, "--output", output],
  ]));
  const all = 2 * (TARGETS - 1) + MANY;
  const times: number[] = [];
  const ratios: number[] = [];
  let jobs = all;
  for (let round = 0; round < ROUNDS; round++) {
    const taken = await seconds(command);
    const questions = Array<string>(2 * TARGETS).fill(server);
    const loop = await bare(lab, folder, bareWork("dnsudp", WORKERS), questions);
    times.push(taken);
    ratios.push(loop.seconds / taken);
    jobs = Math.min(jobs, Deno.readTextFileSync(output).trimEnd().split("\n").length);
  }
  const [rate, ratio] = [TARGETS / median(times), median(ratios)];
  return {
    work: `measure dnsresolv, ${grouped(TARGETS)} names, -w ${WORKERS}, whole process`,
    ours: `${grouped(rate)} names/s, ${ratio.toFixed(2)} of the bare loop, ${grouped(jobs)} of ${
      grouped(all)
    } addresses`,
    peers: [`bare loop, two questions a name: ${grouped(rate / ratio)} names/s`],
    bound: `${SHARES.names} of the bare loop, every address (${
      asked(`${grouped(ASKED / 2)} names/s`, rate >= ASKED / 2)
    })`,
    reached: ratio >= SHARES.names && jobs === all,
  };
}
