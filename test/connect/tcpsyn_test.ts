import { assert, assertEquals, assertRejects } from "@std/assert";
import type { ConnectRequest } from "../../src/connect/connection_type.ts";
import { forge } from "../../src/connect/types/forge.ts";
import { tcpsyn } from "../../src/connect/types/tcpsyn.ts";
import type { SocketOptions } from "../../src/contract/connection.ts";
import type { Endpoint } from "../../src/contract/job.ts";
import type { PacketSpec } from "../../src/contract/packet.ts";
import { Failure } from "../../src/host/failure.ts";
import { flow } from "../data/flow.ts";
import { rootTest } from "../lab/root.ts";
import { ClosedPort, withOpen } from "./fixture.ts";

/** What is announced before a packet leaves. */
interface Announced {
  local: Endpoint;
  protocol: number;
  to: Endpoint | undefined;
}

/** Connects on loopback; the connection, the packet and what was announced. */
async function connect(socket: SocketOptions, change: Partial<ConnectRequest> = {}) {
  const packets: PacketSpec[] = [];
  const announced: Announced[] = [];
  let connection;
  await withOpen(tcpsyn.open, async (opened) => {
    using closed = new ClosedPort();
    connection = await opened.connect({
      remote: closed.endpoint,
      socket,
      timeoutMs: 1000,
      forge: (packet) => {
        packets.push(packet);
        return packet;
      },
      onLocal: (local, protocol, _, to) => announced.push({ local, protocol, to }),
      ...change,
    });
  });
  const [packet] = packets;
  if (packet?.transport.kind !== "tcp") throw new Error("no SYN was forged");
  return { connection: connection!, packet, tcp: packet.transport, announced };
}

rootTest("a SYN is what Linux sends, and its ending is left to the wire", async () => {
  const { connection, packet, tcp, announced } = await connect({});
  assertEquals(packet.ip, { source: "127.0.0.1", destination: "127.0.0.1" });
  assertEquals(tcp.flags, 0x02);
  assertEquals(tcp.options?.map(({ kind }) => kind), [2, 4, 8, 1, 3]);
  assertEquals([...tcp.options![0]!.data!], [5, 180]);
  const { state, outcome, errno, protocol, local, remote } = connection;
  assertEquals({ state, outcome, errno, protocol }, {
    state: 2,
    outcome: "timeout",
    errno: "ETIMEDOUT",
    protocol: 6,
  });
  assertEquals(announced, [{ local: local!, protocol: 6, to: remote }]);
  assertEquals(local, { address: "127.0.0.1", port: tcp.sourcePort });
});

rootTest("a SYN obeys the arm's wishes", async () => {
  const { packet, tcp } = await connect({
    dscp: 46,
    ttl: 9,
    mss: 1000,
    ecn: true,
    bindPort: 4321,
    mark: 7,
  });
  assertEquals([packet.ip.dscp, packet.ip.ttl], [46, 9]);
  assertEquals([tcp.flags, tcp.sourcePort], [0xc2, 4321]);
  assertEquals([...tcp.options![0]!.data!], [1000 >> 8, 1000 & 255]);
});

rootTest("each SYN has numbers and a port of its own", async () => {
  const [one, two] = [await connect({}), await connect({})];
  assert(one.tcp.sequence !== two.tcp.sequence);
  assert(one.tcp.sourcePort !== two.tcp.sourcePort);
});

rootTest("what a SYN cannot do, or must not be, is a failure", async () => {
  await assertRejects(() => connect({ fastOpen: "cookie" }), Failure, "no `fastOpen`");
  await assertRejects(() => connect({ mss: 70_000 }), Failure, "cannot set mss 70000");
  await assertRejects(() => connect({ dscp: 64 }), Failure, "ip.dscp is 64");
});

rootTest("what cannot be sent is data, and settled at once", async () => {
  const remote = { address: "2001:db8::1", port: 80 };
  await withOpen(tcpsyn.open, async (opened) => {
    const connection = await opened.connect({
      remote,
      socket: {},
      timeoutMs: 1000,
      onLocal: () => assert(false, "there is no local address"),
    });
    assertEquals([connection.outcome, connection.errno], ["unreachable", "ENETUNREACH"]);
    assertEquals(tcpsyn.settle!(connection, null), connection);
  });
});

rootTest("the wire settles how a SYN ended", async () => {
  const { connection } = await connect({});
  const silent = { tcpx_syn_acked: false, tcp_rst_rev: false, icmp_unreachable: false };
  const settle = (seen: Parameters<typeof flow>[0]) => {
    const { state, outcome } = tcpsyn.settle!(connection, flow({ ...silent, ...seen }));
    return [state, outcome];
  };
  assertEquals(settle({ tcpx_syn_acked: true }), [0, "ok"]);
  assertEquals(settle({ tcp_rst_rev: true, tcpx_synack_rev: 0 }), [1, "refused"]);
  assertEquals(settle({ icmp_unreachable: true, tcpx_synack_rev: 0 }), [1, "unreachable"]);
  assertEquals(settle({ tcpx_synack_rev: 0 }), [2, "timeout"]);
  // A SYN-ACK that acknowledges something else is no answer to what was sent
  assertEquals(settle({ tcpx_synack_rev: 1 }), [1, "failed"]);
  assertEquals(tcpsyn.settle!(connection, null), connection);
});

rootTest(
  "any packet: its own flow is announced, and anything that comes back is an answer",
  async () => {
    const announced: Announced[] = [];
    await withOpen(forge.open, async (opened) => {
      using closed = new ClosedPort();
      const request = { remote: closed.endpoint, socket: {}, timeoutMs: 1000 };
      await assertRejects(() => opened.connect(request), Failure, "this arm has no `forge`");
      const connection = await opened.connect({
        ...request,
        forge: ({ ip }) => ({
          ip,
          transport: { kind: "icmp", type: 8, code: 0, rest: 0x1234_0001 },
        }),
        onLocal: (local, protocol, _, to) => announced.push({ local, protocol, to }),
      });
      // Identifier and question stand for the ports of the flow
      const address = "127.0.0.1";
      assertEquals(announced, [
        { local: { address, port: 0x1234 }, protocol: 1, to: { address, port: 8 } },
      ]);
      assertEquals([connection.protocol, connection.outcome], [1, "timeout"]);
      const settle = (pkt_rev: number) =>
        forge.settle!(connection, flow({ pkt_rev, tcp_rst_rev: false })).outcome;
      assertEquals([settle(0), settle(1)], ["timeout", "ok"]);
    });
  },
);
