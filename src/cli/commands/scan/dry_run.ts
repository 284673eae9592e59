import { addressText } from "../../../host/address.ts";
import { jsonText } from "../../../host/json_text.ts";
import type { Streams } from "../../../host/streams.ts";
import { writeText } from "../../../result/write_whole.ts";
import { firstProbes } from "../../../run/scanning/first_probes.ts";
import type { ScanPlan } from "../../../run/scanning/plan.ts";
import { scanOrderOf } from "../../../run/scanning/scan_order.ts";
import type { Order } from "../../../scan/order/order.ts";
import { ROW, ROW_PORT } from "../../../scan/target_row.ts";
import { Skipped } from "../../../target/skipped.ts";
import { conductSentence } from "./conduct.ts";
import { teller } from "../../terminal/tell.ts";
import type { ScanInvocation } from "./options.ts";
import { type DryRun, dryRunReport, dryRunText } from "./plan_text.ts";

/** Targets that are shown. */
const SHOWN = 5;

/** Says what a scan would do; nothing is sent, and no file is written. */
export async function dryRun(
  plan: ScanPlan,
  { options }: ScanInvocation,
  { stdin, stdout, stderr }: Streams,
): Promise<number> {
  const conduct = conductSentence(plan);
  if (conduct !== null) teller(stderr)(conduct);
  const skipped = new Skipped();
  const order = await scanOrderOf(plan, { skipped, stdin });
  try {
    const { size: targets, warnings } = order;
    const rows = firstOf(order);
    const { routers, packets } = await firstProbes(plan, rows[0] ?? null);
    const dry: DryRun = {
      ...{ plan, targets, first: rows.map(targetText), routers, packets, warnings, skipped },
    };
    writeText(stdout, `${options.json ? jsonText(dryRunReport(dry), 2) : dryRunText(dry)}\n`);
  } finally {
    order.close();
  }
  return 0;
}

/** The rows of the first targets of an order. */
function firstOf(order: Order): readonly Uint8Array[] {
  const rows = new Uint8Array(SHOWN * ROW);
  let found = 0;
  while (found < SHOWN && order.wait() === 0) {
    found += order.fill(rows.subarray(found * ROW), SHOWN - found);
  }
  return Array.from(
    { length: found },
    (_, at) => rows.subarray(at * ROW, at * ROW + ROW),
  );
}

/** A target as a list has it. */
function targetText(row: Uint8Array): string {
  const port = row[ROW_PORT]! << 8 | row[ROW_PORT + 1]!;
  const octets = row.subarray(0, ROW_PORT);
  const isIpv4 = octets.subarray(0, 10).every((octet) => octet === 0) &&
    octets[10] === 0xff && octets[11] === 0xff;
  const address = addressText(isIpv4 ? octets.subarray(12) : octets);
  return isIpv4 ? `${address}:${port}` : `[${address}]:${port}`;
}
