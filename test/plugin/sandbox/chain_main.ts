/**
 * Observes batches of packets with a chain in a worker: the arguments are what its `tcp` hook does, and
 * what comes before it. Prints what is thrown, and what the chain says.
 */
import { feed, flowTable, there } from "../../data/dissect.ts";
import { Confined } from "./confined.ts";

const [hook, before = ""] = Deno.args;
const confined = await Confined.start(
  `${before}
  export default {
    name: "hostile", kind: "chain", version: "1.0.0", api: "^1", summary: "hostile", fields: {},
    tcp(rec, tcp, rev) { ${hook} },
  };`,
  {},
  "chain",
);
const table = flowTable({ chains: ["basic", await confined.chain()] });
const start = 1_700_000_000;
const frames = (batch: number) =>
  Array.from({ length: 4096 }, (_, at) => there(start + batch + at / 1e4, { flags: 0x10 }));
try {
  for (let batch = 0; batch < 20; batch++) {
    feed(table, frames(batch));
    await new Promise((resolve) => setTimeout(resolve, 25)); // what it says arrives, and it is watched
  }
} catch (error) {
  console.error((error as Error).message);
}
for (const text of confined.said) console.error(text);
Deno.exit(0);
