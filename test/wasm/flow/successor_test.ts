import { assertEquals, assertNotEquals } from "@std/assert";
import type { FlowTable } from "../../../src/observe/flow_table.ts";
import { back, feed, flowTable, passedOver, recordOf, there } from "../../data/dissect.ts";
import { A4, ACK, ethernet, ICMP, icmpError, ip4, RST, SYN, TCP, tcp } from "../../data/packets.ts";

const local = { address: "192.0.2.1", port: 40000 };
const remote = { address: "198.51.100.7", port: 80 };

/** The first sequence numbers of a connection, and of the next one from the same port. */
const EARLIER = 0x1000;
const OWN = 0x9000;

/** A table in which a connection was watched, and the next one from the same port is expected. */
function again(one = false): { table: FlowTable; flow: number } {
  const table = flowTable({ expectedOnly: true });
  const before = table.expect(local, remote, TCP, { one });
  feed(table, [there(1, { flags: SYN, sequence: EARLIER })]);
  table.release(before);
  const flow = table.expect(local, remote, TCP, { one });
  assertNotEquals(flow, 0);
  return { table, flow };
}

const seen = (table: FlowTable, flow: number) => {
  const { pkt_fwd, pkt_rev, tcp_rst_fwd, tcp_rst_rev } = recordOf(table, flow);
  return { pkt_fwd, pkt_rev, tcp_rst_fwd, tcp_rst_rev };
};

/** An error that quotes a SYN of this host. */
const error = (time: number, sequence: number) => ({
  time,
  data: ethernet(
    ip4(icmpError(3, 1, ip4(tcp({ flags: SYN, sequence }))), {
      protocol: ICMP,
      source: [203, 0, 113, 9],
      destination: A4,
    }),
  ),
});

const NOTHING = { pkt_fwd: 0, pkt_rev: 0, tcp_rst_fwd: false, tcp_rst_rev: false };

Deno.test("late packets of the previous connection do not count for the next one on its port", () => {
  const { table, flow } = again();
  feed(table, [
    there(2, { flags: SYN, sequence: EARLIER }), // sent once more
    back(2, { flags: SYN | ACK, acknowledgment: EARLIER + 1 }),
    there(2, { flags: RST, sequence: EARLIER + 1 }), // its close
    error(2, EARLIER),
  ]);
  assertEquals([seen(table, flow), table.nextReady()], [NOTHING, 0]);
  feed(table, [
    there(3, { flags: SYN, sequence: OWN }),
    // The answer of a slow server, and what the kernel says to it
    back(4, { flags: SYN | ACK, acknowledgment: EARLIER + 1 }),
    there(4, { flags: RST, sequence: EARLIER + 1 }),
    back(4, { flags: RST | ACK, acknowledgment: EARLIER + 1 }),
    error(4, EARLIER),
  ]);
  assertEquals([seen(table, flow), table.nextReady()], [{ ...NOTHING, pkt_fwd: 1 }, 0]);
  assertEquals(passedOver(table), { late: 8 });
});

Deno.test("what is of the next connection itself counts", () => {
  const { table, flow } = again();
  feed(table, [
    there(3, { flags: SYN, sequence: OWN }),
    there(4, { flags: SYN, sequence: OWN }),
    back(5, { flags: SYN | ACK, acknowledgment: OWN + 1 }),
    there(5, { flags: ACK, sequence: OWN + 1 }),
    back(6, { flags: RST, acknowledgment: 0 }),
  ]);
  assertEquals(seen(table, flow), { ...NOTHING, pkt_fwd: 3, pkt_rev: 2, tcp_rst_rev: true });
  assertEquals([table.nextReady(), passedOver(table)], [flow, {}]);
});

Deno.test("sequence numbers run over their end", () => {
  const table = flowTable({ expectedOnly: true });
  const before = table.expect(local, remote, TCP);
  feed(table, [there(1, { flags: SYN, sequence: 0xffff_fff0 })]);
  table.release(before);
  const flow = table.expect(local, remote, TCP);
  feed(table, [
    there(2, { flags: SYN, sequence: 0x10 }),
    back(3, { flags: SYN | ACK, acknowledgment: 0xffff_fff1 }),
    back(4, { flags: SYN | ACK, acknowledgment: 0x11 }),
  ]);
  assertEquals(seen(table, flow), { ...NOTHING, pkt_fwd: 1, pkt_rev: 1 });
});

Deno.test("an error about the next connection's own SYN counts, and ends it", () => {
  const { table, flow } = again();
  feed(table, [there(3, { flags: SYN, sequence: OWN }), error(4, OWN)]);
  assertEquals([seen(table, flow).pkt_rev, table.nextReady()], [1, flow]);
});

Deno.test("single packets are not identified by sequence numbers, which their forger chose", () => {
  const { table, flow } = again(true);
  feed(table, [
    there(3, { flags: SYN, sequence: EARLIER }),
    back(4, { flags: SYN | ACK, acknowledgment: EARLIER + 1 }),
  ]);
  assertEquals([seen(table, flow).pkt_rev, table.nextReady()], [1, flow]);
});

Deno.test("a connection from a port whose earlier one has left the table is like any other", () => {
  const table = flowTable({ expectedOnly: true });
  const before = table.expect(local, remote, TCP);
  feed(table, [there(1, { flags: SYN, sequence: EARLIER })]);
  table.release(before);
  table.advance(100_000);
  const flow = table.expect(local, remote, TCP);
  feed(table, [there(101, { flags: SYN, sequence: EARLIER })]);
  assertEquals(seen(table, flow).pkt_fwd, 1);
});

Deno.test("an answer to a connection that has left the table does not count to the next on its port", () => {
  const table = flowTable({ expectedOnly: true });
  const flow = table.expect(local, remote, TCP, { again: true });
  feed(table, [
    back(1, { flags: SYN | ACK, acknowledgment: EARLIER + 1 }),
    there(2, { flags: SYN, sequence: OWN }),
    back(3, { flags: SYN | ACK, acknowledgment: EARLIER + 1 }),
    there(3, { flags: RST, sequence: EARLIER + 1 }),
  ]);
  assertEquals([seen(table, flow), table.nextReady()], [{ ...NOTHING, pkt_fwd: 1 }, 0]);
  feed(table, [back(4, { flags: SYN | ACK, acknowledgment: OWN + 1 })]);
  assertEquals(seen(table, flow).pkt_rev, 1);
});

Deno.test("what was captured before a connection began is another program's on the same ports", () => {
  const table = flowTable({ expectedOnly: true });
  const flow = table.expect(local, remote, TCP, { since: 3000 });
  feed(table, [
    there(2, { flags: SYN, sequence: EARLIER }),
    back(2, { flags: RST | ACK, acknowledgment: EARLIER + 1 }),
    error(2, EARLIER),
  ]);
  assertEquals([seen(table, flow), table.nextReady()], [NOTHING, 0]);
  assertEquals(passedOver(table), { late: 3 });
  feed(table, [
    there(3, { flags: SYN, sequence: OWN }),
    back(4, { flags: RST | ACK, acknowledgment: OWN + 1 }),
  ]);
  assertEquals(seen(table, flow), { ...NOTHING, pkt_fwd: 1, pkt_rev: 1, tcp_rst_rev: true });
});

Deno.test("a connection after this one on its ports does not count to it", () => {
  const table = flowTable({ expectedOnly: true });
  const flow = table.expect(local, remote, TCP);
  feed(table, [
    there(1, { flags: SYN, sequence: OWN }),
    there(2, { flags: SYN, sequence: OWN }), // sent once more
    back(3, { flags: RST | ACK, acknowledgment: OWN + 1 }),
  ]);
  const own = { ...NOTHING, pkt_fwd: 2, pkt_rev: 1, tcp_rst_rev: true };
  assertEquals(seen(table, flow), own);
  feed(table, [
    there(4, { flags: SYN, sequence: OWN + 7 }),
    back(5, { flags: SYN | ACK, acknowledgment: OWN + 8 }),
    there(5, { flags: ACK, sequence: OWN + 8 }),
  ]);
  assertEquals([seen(table, flow), passedOver(table)], [own, { late: 3 }]);
});

Deno.test("packets that are forged for one flow may each have a sequence number of their own", () => {
  const table = flowTable({ expectedOnly: true });
  const flow = table.expect(local, remote, TCP, { one: true });
  feed(table, [
    there(1, { flags: SYN, sequence: OWN }),
    there(2, { flags: SYN, sequence: OWN + 7 }),
  ]);
  assertEquals(seen(table, flow).pkt_fwd, 2);
});
