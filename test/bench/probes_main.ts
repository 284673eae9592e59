/**
 * Sends SYN probes and matches the answers, without the rest of a measurement: `probes_main.ts
 * INTERFACE WINDOW FILE`, WINDOW in flight at once, to port 80 of each address in the file. Writes
 * as JSON how many probes were answered and in how many seconds.
 */
import { Probing, together } from "./probing.ts";

const [name = "", window = "", path = ""] = Deno.args;
const targets = Deno.readTextFileSync(path).trimEnd().split("\n");
using probing = new Probing(name, ["tcp", "tcpx"]);

let answered = 0;
const begin = performance.now();
await together(targets, Number(window), async (address) => {
  const flow = await probing.probe(address);
  if (flow?.tcpx_syn_acked) answered++;
});
const seconds = (performance.now() - begin) / 1000;
await probing.end();
console.log(JSON.stringify({ answered, seconds }));
