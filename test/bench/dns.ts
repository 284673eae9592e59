import { MANY } from "../../src/lab/dns.ts";
import { Lab } from "../../src/lab/lab.ts";
import { UDPZERO_TRUTH } from "../lab/udpzero_truth.ts";
import { liveRow, withFolder } from "./measurement.ts";
import { seconds, spiderCommand } from "./process.ts";
import { grouped, type Row } from "./row.ts";

const TARGETS = 10_000;
const WORKERS = 500;
const AIM = 3000;

/** DNS over UDP: two questions a target, and names that are resolved. */
export async function dnsRows(): Promise<Row[]> {
  using lab = Lab.open();
  return await withFolder(async (folder) => [
    await liveRow(lab, folder, {
      args: ["udpzero", "--connect", "dnsudp"],
      count: TARGETS,
      workers: WORKERS,
      truth: [UDPZERO_TRUTH.transparent.takes],
      bound: AIM,
    }),
    await namesRow(lab, folder),
  ]);
}

/** Names with an IPv4 and an IPv6 address each, and now and then one whose answer needs TCP. */
async function namesRow(lab: Lab, folder: string): Promise<Row> {
  const [input, output] = [`${folder}/names`, `${folder}/jobs`];
  const names = Array.from({ length: TARGETS - 1 }, (_, i) => `${i + 1},host${i}.example.org\n`);
  Deno.writeTextFileSync(input, names.join("") + `${TARGETS},many.example\n`);
  const [server = ""] = lab.addresses("transparent", 4, 1);
  const taken = await seconds(lab.exec(spiderCommand([
    ...["measure", "dnsresolv", "-w", String(WORKERS), "--resolver", server],
    ...["--input", input, "--output", output],
  ])));
  const jobs = Deno.readTextFileSync(output).trimEnd().split("\n").length;
  const all = 2 * (TARGETS - 1) + MANY;
  const rate = TARGETS / taken;
  return {
    work: `measure dnsresolv, ${grouped(TARGETS)} names, -w ${WORKERS}, whole process`,
    ours: `${grouped(rate)} names/s, ${grouped(jobs)} of ${grouped(all)} addresses`,
    peers: [],
    bound: `${grouped(AIM / 2)} names/s (two questions each), every address`,
    reached: rate >= AIM / 2 && jobs === all,
  };
}
