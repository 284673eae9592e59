import { assertEquals } from "@std/assert";
import type { FlowRecord } from "../../../src/contract/flow.ts";
import type { FlowTableOptions } from "../../../src/observe/flow_table.ts";
import {
  back,
  dissect,
  drained,
  feed,
  flowTable,
  passedOver,
  recordOf,
  there,
} from "../../data/dissect.ts";
import {
  A4,
  ACK,
  B4,
  be32,
  ethernet,
  FIN,
  type Frame,
  ICMP,
  icmpError,
  ip4,
  RST,
  SYN,
  TCP,
  tcp,
} from "../../data/packets.ts";

/** What the client and the server of the first connection begin with, and those of the next one. */
const [OWN, THEIRS] = [1000, 5000];
const [OTHER, OTHERS] = [70_000, 90_000];

const syn = (time: number, sequence: number, octets = 0) =>
  there(time, { flags: SYN, sequence, payload: new Uint8Array(octets) });
const synAck = (time: number, sequence: number, acknowledgment: number) =>
  back(time, { flags: SYN | ACK, sequence, acknowledgment });
const ack = (time: number, sequence = OWN + 1, acknowledgment = THEIRS + 1) =>
  there(time, { flags: ACK, sequence, acknowledgment });
/** What the other side says to a SYN that is none of its connection's (RFC 5961, section 4.2). */
const challenge = (time: number) =>
  back(time, { flags: ACK, sequence: THEIRS + 1, acknowledgment: OWN + 1 });

/** The handshake of a connection that has no end. */
const handshake = (time: number) => [
  syn(time, OWN),
  synAck(time + 0.1, THEIRS, OWN + 1),
  ack(time + 0.2),
];

const said = ({ pkt_fwd, pkt_rev, pkt_first, pkt_last, part_end }: FlowRecord) =>
  `${pkt_fwd}/${pkt_rev} ${pkt_first}-${pkt_last} ${part_end}`;

/** What the records say of frames, in the order of the flows' begins; every packet is in one. */
function records(frames: readonly Frame[], options: Partial<FlowTableOptions> = {}): string[] {
  const { flows, passedOver } = dissect(frames, options);
  assertEquals(passedOver, {});
  assertEquals(flows.reduce((sum, flow) => sum + flow.pkt_fwd + flow.pkt_rev, 0), frames.length);
  return flows.toSorted((a, b) => a.pkt_first - b.pkt_first).map(said);
}

Deno.test("a SYN with another number and its SYN-ACK begin a record on the ports of a connection that goes on", () => {
  const frames = [
    ...handshake(0),
    challenge(1),
    syn(2, OTHER),
    synAck(2.5, OTHERS, OTHER + 1),
    ack(3, OTHER + 1, OTHERS + 1),
  ];
  assertEquals(records(frames), ["2/2 0-1 end", "2/1 2-3 forced"]);
  // What chains read of the SYN is read of the copy of it
  const { flows: [, next] } = dissect(frames);
  assertEquals(
    [next?.tcp_synflags_fwd, next?.tcp_connected, next?.tcpx_syn_fwd, next?.tcpx_syn_acked],
    [SYN, true, 1, true],
  );
  assertEquals([next?.tcpx_rtt_us, next?.oct_fwd], [500_000, 80]);
});

Deno.test("a SYN with another number that is not answered with SYN-ACK counts to the connection", () => {
  const own = (...frames: Frame[]) => records([...handshake(0), syn(2, OTHER), ...frames]);
  assertEquals(own(), ["3/1 0-2 forced"]);
  assertEquals(own(challenge(2.1), ack(3)), ["4/2 0-3 forced"]);
  assertEquals(own(ack(2.1), synAck(2.2, OTHERS, OTHER + 1)), ["4/2 0-2.2 forced"]);
  assertEquals(own(back(2.1, { flags: RST | ACK, acknowledgment: OTHER + 1 })), ["3/2 0-2.1 end"]);
  // After the RST that answers the challenge the SYN comes again
  assertEquals(
    own(
      challenge(2.1),
      there(2.2, { flags: RST, sequence: OWN + 1 }),
      syn(3, OTHER),
      synAck(3.1, OTHERS, OTHER + 1),
    ),
    ["4/2 0-2.2 end", "1/1 3-3.1 forced"],
  );
  // An error about it, or about anything else
  const error = ethernet(
    ip4(icmpError(3, 1, ip4(tcp({ flags: SYN, sequence: OTHER }))), {
      protocol: ICMP,
      source: B4,
      destination: A4,
    }),
  );
  assertEquals(own({ time: 2.1, data: error }), ["3/2 0-2.1 forced"]);
});

Deno.test("only a SYN-ACK the other way that acknowledges this SYN says that a connection has begun", () => {
  const one = (...frames: Frame[]) => records([...handshake(0), syn(2, OTHER), ...frames]).length;
  assertEquals(one(synAck(2.1, OTHERS, OTHER + 1)), 2);
  assertEquals(one(synAck(2.1, OTHERS, OTHER)), 1);
  assertEquals(one(synAck(2.1, OTHERS, OTHER + 2)), 1);
  // The first one once more
  assertEquals(one(synAck(2.1, THEIRS, OWN + 1)), 1);
  assertEquals(one(there(2.1, { flags: SYN | ACK, sequence: 7, acknowledgment: OTHER + 1 })), 1);
  assertEquals(
    one(back(2.1, { flags: SYN | ACK | FIN, sequence: 7, acknowledgment: OTHER + 1 })),
    1,
  );
});

Deno.test("octets that come with a SYN may be acknowledged at once, as many as there are", () => {
  const flows = (acknowledgment: number) =>
    records([...handshake(0), syn(2, OTHER, 10), synAck(2.1, OTHERS, acknowledgment)]).length;
  assertEquals([OTHER, OTHER + 1, OTHER + 6, OTHER + 11, OTHER + 12].map(flows), [1, 2, 2, 2, 1]);
});

Deno.test("numbers run over their end", () => {
  const flows = (sequence: number, acknowledgment: number, octets = 0) =>
    records([...handshake(0), syn(2, sequence, octets), synAck(2.1, 9, acknowledgment)]).length;
  assertEquals(flows(0xffff_ffff, 0), 2);
  assertEquals(flows(0xffff_fffe, 3, 4), 2);
  assertEquals(flows(0xffff_fffe, 4, 4), 1);
});

Deno.test("a SYN that is sent again is of the same connection, forged ones beside it are not", () => {
  const answer = synAck(4, OTHERS, OTHER + 1);
  const after = (...frames: Frame[]) => records([...handshake(0), ...frames]);
  assertEquals(after(syn(2, OTHER), syn(3, OTHER), answer), ["2/1 0-0.2 end", "2/1 2-4 forced"]);
  assertEquals(after(syn(2, 7), syn(3, OTHER), answer), ["3/1 0-2 end", "1/1 3-4 forced"]);
  assertEquals(after(syn(2, OTHER), syn(3, 7), answer), ["3/1 0-3 end", "1/1 2-4 forced"]);
  const other = there(3, { flags: SYN, sequence: 7, source: 40001 });
  assertEquals(after(syn(2, OTHER), other, answer).length, 3);
  // Eight wait at most
  const many = Array.from({ length: 12 }, (_, i) => syn(2 + i / 8, OTHER));
  assertEquals(after(...many, answer), ["6/1 0-2.375 end", "8/1 2.5-4 forced"]);
});

Deno.test("the SYN-ACK may be captured before the SYN", () => {
  assertEquals(
    records([...handshake(0), synAck(2, OTHERS, OTHER + 1), syn(2.1, OTHER), ack(2.2)]),
    ["2/1 0-0.2 end", "2/1 2-2.2 forced"],
  );
  assertEquals(
    records([...handshake(0), synAck(2, OTHERS, OTHER + 1), ack(2.1), syn(2.2, OTHER)]),
    ["4/2 0-2.2 forced"],
  );
});

Deno.test("both sides may begin at once, or the other one", () => {
  const theirSyn = back(2.1, { flags: SYN, sequence: OTHERS });
  const mine = there(2.2, { flags: SYN | ACK, sequence: OTHER, acknowledgment: OTHERS + 1 });
  assertEquals(
    records([...handshake(0), syn(2, OTHER), theirSyn, mine, synAck(2.3, OTHERS, OTHER + 1)]),
    ["2/1 0-0.2 end", "2/2 2-2.3 forced"],
  );
  const { flows: [, next] } = dissect([...handshake(0), theirSyn, mine]);
  assertEquals([next?.sip, next?.sp, next?.pkt_fwd, next?.pkt_rev], ["198.51.100.7", 80, 1, 1]);
});

Deno.test("before the handshake is complete, and after an end, the rules are as they were", () => {
  const next = [syn(2, OTHER), synAck(2.1, OTHERS, OTHER + 1)];
  assertEquals(records([syn(0, OWN), ...next]), ["2/1 0-2.1 forced"]);
  assertEquals(records([...handshake(0).slice(0, 2), ...next]), ["2/2 0-2.1 forced"]);
  const rst = there(1, { flags: RST, sequence: OWN + 1 });
  assertEquals(records([...handshake(0), rst, ...next]), ["3/1 0-1 end", "1/1 2-2.1 forced"]);
  // A FIN one way is no end yet
  const fin = there(1, { flags: FIN | ACK, sequence: OWN + 1 });
  assertEquals(records([...handshake(0), fin, ...next]), ["3/1 0-1 end", "1/1 2-2.1 forced"]);
  // A capture that begins in the middle has not seen the handshake
  assertEquals(records([ack(0), ...next]), ["1/0 0-0 end", "1/1 2-2.1 forced"]);
});

Deno.test("a flow does not end before its last SYN would have let it, and is not longer for it", () => {
  const wait = (time: number) =>
    records([...handshake(0), syn(29, OTHER), synAck(time, OTHERS, OTHER + 1)]);
  assertEquals(wait(59), ["2/1 0-0.2 end", "1/1 29-59 forced"]);
  assertEquals(wait(59.001), ["3/1 0-29 idle", "0/1 59.001-59.001 forced"]);
  const table = flowTable();
  const other = (time: number) => there(time, { source: 9 });
  feed(table, [...handshake(0), syn(29, OTHER), other(58.9)]);
  assertEquals(drained(table), []);
  feed(table, [other(59.5)]);
  assertEquals(drained(table).map(said), ["3/1 0-29 idle"]);
});

Deno.test("a part waits for what is held of it", () => {
  const parts = (...frames: Frame[]) => records([...handshake(0), ...frames], { active: 10 });
  const other = there(10.05, { source: 9 });
  const answer = synAck(10.1, OTHERS, OTHER + 1);
  assertEquals(parts(syn(9.9, OTHER), other, answer), [
    "2/1 0-0.2 end",
    "1/1 9.9-10.1 forced",
    "1/0 10.05-10.05 forced",
  ]);
  assertEquals(parts(syn(9.9, OTHER), other, challenge(10.1)), [
    "3/1 0-9.9 active",
    "1/0 10.05-10.05 forced",
    "0/1 10.1-10.1 forced",
  ]);
  // The part that ends has all packets of its connection
  assertEquals(parts(syn(12, OTHER), synAck(12.1, OTHERS, OTHER + 1)), [
    "2/1 0-0.2 active",
    "1/1 12-12.1 forced",
  ]);
});

Deno.test("flows that a measurement expects keep their rule", () => {
  const table = flowTable({ expectedOnly: true });
  const local = { address: "192.0.2.1", port: 40000 };
  const flow = table.expect(local, { address: "198.51.100.7", port: 80 }, TCP);
  feed(table, [...handshake(0), syn(2, OTHER), synAck(2.1, OTHERS, OTHER + 1), ack(2.2)]);
  const { pkt_fwd, pkt_rev } = recordOf(table, flow);
  assertEquals([pkt_fwd, pkt_rev, passedOver(table)], [2, 1, { late: 3 }]);
});

Deno.test("a fragment of a SYN, and one that is longer than packets of Ethernet, are not held", () => {
  const answer = synAck(2.1, OTHERS, OTHER + 1);
  const part = there(2, { flags: SYN, sequence: OTHER }, { fragment: 0x2000 });
  assertEquals(records([...handshake(0), part, answer]), ["3/2 0-2.1 forced"]);
  assertEquals(records([...handshake(0), syn(2, OTHER, 1400), answer]).length, 2);
  assertEquals(records([...handshake(0), syn(2, OTHER, 4000), answer]).length, 1);
});

/** A frame of another client, by a port of its own. */
function of(port: number, { time, data }: Frame): Frame {
  const frame = data.slice();
  const place = frame[26 + 3] === A4[3] && frame[26] === A4[0] ? 34 : 36;
  frame.set([port >> 8, port & 255], place);
  return { time, data: frame };
}

Deno.test("as many wait as there is room for, and the oldest counts to its flow", () => {
  const clients = Array.from({ length: 600 }, (_, i) => 2000 + i);
  const all = (frame: Frame) => clients.map((port) => of(port, frame));
  const frames = [
    ...handshake(0).flatMap(all),
    ...all(syn(2, OTHER)),
    // A SYN-ACK of which no SYN is held waits too
    ...all(synAck(2.1, OTHERS, OTHER + 1)).toReversed(),
  ];
  const found = Map.groupBy(records(frames), (record) => record);
  assertEquals([...found].map(([record, { length }]) => [record, length]).sort(), [
    ["1/1 2-2.1 forced", 255],
    ["2/1 0-0.2 end", 255],
    ["3/2 0-2.1 forced", 345],
  ]);
});

Deno.test("a flow that has to go takes what is held of it along", () => {
  const table = flowTable({ maxFlows: 2 });
  feed(table, [
    ...handshake(0),
    syn(2, OTHER),
    there(3, { source: 1 }),
    there(3, { source: 2 }),
    synAck(4, OTHERS, OTHER + 1),
  ]);
  table.flush();
  assertEquals(drained(table).map(said), [
    "3/1 0-2 resources",
    "1/0 3-3 resources",
    "1/0 3-3 forced",
    "0/1 4-4 forced",
  ]);
});

Deno.test("where the packets are handed over in pieces, what is held is what it was", () => {
  const option = [8, 10, ...be32(0x0102_0304), ...be32(0), 3, 3, 9, 4, 2];
  const frames = [
    ...handshake(0),
    there(2, { flags: SYN, sequence: OTHER, options: option, window: 1234 }),
    synAck(2.1, OTHERS, OTHER + 1),
  ];
  const run = (batch: number) => {
    const table = flowTable();
    for (let at = 0; at < frames.length; at += batch) {
      feed(table, frames.slice(at, at + batch));
      table.input(0).fill(0xee);
    }
    table.flush();
    return drained(table);
  };
  const whole = run(9);
  assertEquals([whole.length, whole[1]?.tcpx_window_fwd, whole[1]?.tcpx_wscale_fwd], [2, 1234, 9]);
  assertEquals(whole[1]?.ts_value_first_fwd, 0x0102_0304);
  assertEquals(run(1), whole);
});
