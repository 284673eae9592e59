/**
 * Takes targets from the order of all IPv4 addresses: `scan_order_main.ts COUNT`. Writes as JSON how soon
 * the first came, how long each took, and the most memory.
 */
import { openOrder } from "../../src/scan/order/order.ts";
import { ROW } from "../../src/scan/target_row.ts";

const COUNT = Number(Deno.args[0]);
const BATCH = 512;

const rows = new Uint8Array(BATCH * ROW);
const begin = performance.now();
const order = await openOrder({ prefixes: ["0.0.0.0/0"], ports: [80], seed: "bench" });
let taken = order.fill(rows, 1);
const firstMs = performance.now() - begin;
if (taken !== 1) throw new Error("the order gives no target");
while (taken < COUNT) {
  const some = order.fill(rows, BATCH);
  if (some === 0) throw new Error(`the order ends after ${taken} targets`);
  taken += some;
}
const nanoseconds = (performance.now() - begin - firstMs) / taken * 1e6;
order.close();
const peak = /VmHWM:\s+(\d+)/.exec(Deno.readTextFileSync("/proc/self/status"))![1]!;
console.log(JSON.stringify({ firstMs, nanoseconds, peakMb: Number(peak) / 1024 }));
