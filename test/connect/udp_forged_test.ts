import type { Socket } from "node:dgram";
import { assertEquals, assertRejects } from "@std/assert";
import type { ConnectRequest } from "../../src/connect/connection_type.ts";
import type { DatagramExchange } from "../../src/connect/transport/datagram.ts";
import { Dialer } from "../../src/connect/dialer.ts";
import type { SendForged } from "../../src/connect/transport/udp_sender.ts";
import type { Connection } from "../../src/contract/connection.ts";
import type { PacketSpec } from "../../src/contract/packet.ts";
import { ERRNO } from "../../src/host/errno.ts";
import { Failure } from "../../src/host/failure.ts";
import { withOpen } from "./fixture.ts";
import { besideUdp, open } from "./udp_fixture.ts";

const PAYLOAD = Uint8Array.of(1, 2, 3);
const anyAnswer: DatagramExchange = {
  request: () => PAYLOAD,
  received: () => true,
  fields: () => ({}),
};

/** The outcome of a request with `forge`, where a server answers everything. */
async function connect(
  sendForged: SendForged | undefined,
  request: Partial<ConnectRequest>,
  heard: () => void = () => {},
): Promise<Connection> {
  let made: Connection | undefined;
  await withOpen(
    (context) => Dialer.udp(context.reactor, context, sendForged),
    (dialer) =>
      besideUdp(
        async (datagram, answer) => {
          heard();
          await answer(datagram);
        },
        async (remote) => {
          made = await dialer.connect(
            { remote, socket: {}, timeoutMs: 300, ...request },
            anyAnswer,
          );
        },
      ),
  );
  return made!;
}

Deno.test("an arm changes the packet that the socket would send, from the socket's port", async () => {
  const given: PacketSpec[] = [];
  const sent: [PacketSpec, number | undefined][] = [];
  const { local, remote, outcome } = await connect(
    (packet, mark) => {
      sent.push([packet, mark]);
      return Promise.resolve(0);
    },
    {
      socket: { ttl: 9, dscp: 46, zeroChecksum: true },
      forge: (packet) => {
        given.push(packet);
        return { ...packet, ip: { ...packet.ip, reserved: true } };
      },
    },
  );
  assertEquals(given, [{
    ip: { source: local!.address, destination: remote.address, ttl: 9, dscp: 46 },
    transport: {
      kind: "udp",
      sourcePort: local!.port,
      destinationPort: remote.port,
      checksum: 0,
    },
    payload: PAYLOAD,
  }]);
  const [[packet, mark] = []] = sent;
  assertEquals([packet?.ip.reserved, mark], [true, undefined]);
  // It was not really sent, nor anything instead
  assertEquals(outcome, "timeout");
});

Deno.test("the socket hears the answer to what was forged", async () => {
  let server: Socket;
  await withOpen(
    (context) =>
      Dialer.udp(context.reactor, context, async ({ ip, transport }) => {
        if (transport.kind !== "udp") throw new Error("a datagram was asked for");
        // As the target does when it gets the packet
        const { sourcePort } = transport;
        await new Promise<void>((done) =>
          server.send(PAYLOAD, sourcePort, ip.source, () => done())
        );
        return 0;
      }),
    async (dialer) => {
      server = await open("127.0.0.1");
      const remote = { address: "127.0.0.1", port: server.address().port };
      const request = {
        remote,
        socket: {},
        timeoutMs: 5000,
        forge: (packet: PacketSpec) => packet,
      };
      const { outcome } = await dialer.connect(request, anyAnswer);
      await new Promise<void>((done) => server.close(() => done()));
      assertEquals(outcome, "ok");
    },
  );
});

Deno.test("what the kernel says of the forged packet is data", async () => {
  const forge = (packet: PacketSpec) => packet;
  const ends = async (errno: number) =>
    (await connect(() => Promise.resolve(errno), { forge })).errno;
  assertEquals(await ends(ERRNO.ENETUNREACH), "ENETUNREACH");
  assertEquals(await ends(ERRNO.EMSGSIZE), "EMSGSIZE");
});

Deno.test("a packet that cannot be forged ends the run, and is not sent plainly", async () => {
  const silent = () => {
    throw new Error("nothing may come");
  };
  const forge = (packet: PacketSpec) => packet;
  const elsewhere = (packet: PacketSpec) => ({
    ...packet,
    ip: { ...packet.ip, source: "127.0.0.9" },
  });
  const taken = () => Promise.resolve(0);
  await assertRejects(
    () => connect(undefined, { forge }, silent),
    Failure,
    "cannot send the forged",
  );
  await assertRejects(
    () => connect(taken, { forge: elsewhere }, silent),
    Failure,
    "other addresses",
  );
  await assertRejects(
    () => connect(() => Promise.reject(new Failure("no rights")), { forge }, silent),
    Failure,
    "no rights",
  );
});
