/**
 * The floor of `evilbit` in JavaScript: reads jobs, sends two SYNs to each target, matches the answers,
 * and writes a line with a verdict, by the parts of the program and without its engine: no schedule,
 * evidence, control, counts or plugin. `verdicts_main.ts INTERFACE WINDOW JOBS RESULTS`, WINDOW targets
 * under way at once. Writes nothing to standard output: the whole process is timed.
 */
import evilbit from "../../plugins/spiders/evilbit.ts";
import { readNdjson } from "../../src/target/ndjson.ts";
import { ResultWriter } from "../../src/result/ndjson.ts";
import { Probing, together } from "./probing.ts";

const [name = "", window = "", jobs = "", results = ""] = Deno.args;
const lines = Deno.readTextFileSync(jobs).trimEnd().split("\n");
using probing = new Probing(name, evilbit.chains);
const writer = ResultWriter.open(results);

await together(lines, Number(window), async (line) => {
  const job = readNdjson(line, "address");
  if (job === null || typeof job === "string" || job.dip === undefined) throw new Error(line);
  const from = new Date().toISOString();
  const [plain, evil] = await Promise.all([
    probing.probe(job.dip),
    probing.probe(job.dip, evilbit.arms[1].forge),
  ]);
  const answered = plain?.tcpx_syn_acked && evil?.tcpx_syn_acked;
  writer.write({
    ...job,
    dp: 80,
    time: { from, to: new Date().toISOString() },
    conditions: [
      `evilbit.connectivity.${answered ? "works" : "broken"}`,
      `evilbit.mark.${evil?.evilbit_syn_rev ? "seen" : "not_seen"}`,
    ],
    spider: { name: evilbit.name, version: evilbit.version },
  });
});
await writer.close();
await probing.end();
