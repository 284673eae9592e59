/** Observes a packet with a chain in a worker, whose `tcp` hook is the argument; prints what it throws. */
import { feed, flowTable, there } from "../../data/dissect.ts";
import { Confined } from "./confined.ts";

const confined = await Confined.start(
  `export default {
    name: "hostile", kind: "chain", version: "1.0.0", api: "^1", summary: "hostile", fields: {},
    tcp(rec, tcp, rev) { ${Deno.args[0]} },
  };`,
  {},
  "chain",
);
const table = flowTable({ chains: ["basic", await confined.chain()] });
try {
  feed(table, [there(1_700_000_000)]);
} catch (error) {
  console.error((error as Error).message);
  confined[Symbol.dispose]();
  Deno.exit(1);
}
