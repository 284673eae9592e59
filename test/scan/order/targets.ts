import { addressText } from "../../../src/host/address.ts";
import type { Order } from "../../../src/scan/order/order.ts";
import { ROW, ROW_PORT } from "../../../src/scan/target_row.ts";

/** The target of a row as text: `192.0.2.1 80`. */
export function targetOf(row: Uint8Array): string {
  const mapped = row.subarray(0, 12).toHex() === "00000000000000000000ffff";
  const port = row[ROW_PORT]! << 8 | row[ROW_PORT + 1]!;
  if (row.subarray(ROW_PORT + 2).some((octet) => octet !== 0)) throw new Error("the rest is not 0");
  return `${addressText(row.slice(mapped ? 12 : 0, ROW_PORT))} ${port}`;
}

/** The next targets of an order; none when there are none now. */
export function some(order: Order, most: number): string[] {
  const rows = new Uint8Array(most * ROW).fill(0xee);
  const count = order.fill(rows, most);
  return Array.from({ length: count }, (_, i) => targetOf(rows.subarray(i * ROW, i * ROW + ROW)));
}

/** All targets of an order that needs no time. */
export function all(order: Order, most = 64): string[] {
  const targets: string[] = [];
  while (!order.ended) targets.push(...some(order, most));
  return targets;
}
