import { assert, assertEquals } from "@std/assert";
import { begin } from "../../src/connect/transport/begin.ts";
import { RunPorts } from "../../src/connect/run_ports.ts";
import { localPorts } from "../../src/host/local_ports.ts";
import { closeSocket } from "../../src/host/socket.ts";
import { IPPROTO_TCP, IPPROTO_UDP } from "../../src/host/ip_protocol.ts";

const within = (port: number, { first, last }: { first: number; last: number }) =>
  port >= first && port <= last;

Deno.test("sockets of both transports and IP versions get ports of the run's", () => {
  const ports = RunPorts.choose(10, false);
  const settings = { interface: null, ports, ecnMark: () => 0 };
  const sources = { 4: "127.0.0.1", 6: "::1" };
  for (const address of ["127.0.0.1", "::1"]) {
    for (const transport of [IPPROTO_TCP, IPPROTO_UDP] as const) {
      for (const own of [settings, { ...settings, sources }]) {
        for (let i = 0; i < 50; i++) {
          const begun = begin(transport, { address, port: 9 }, {}, own);
          if (typeof begun === "number") throw new Error(`${address} ${transport} ${begun}`);
          closeSocket(begun.fd);
          assert(within(begun.local.port, ports.sockets), `${begun.local.port}`);
        }
      }
    }
  }
});

Deno.test("they are a part of those that the kernel chooses from, or all", () => {
  const [first, last] = localPorts().ephemeral;
  const { sockets } = RunPorts.choose(10, false);
  assert(sockets.first >= first && sockets.last <= last);
  assertEquals(sockets.last - sockets.first + 1, Math.min(16_384, last - first + 1));
});

Deno.test("a run with more sockets at once has more ports", () => {
  const [first, last] = localPorts().ephemeral;
  const { sockets } = RunPorts.choose(12_000, false);
  assertEquals(sockets.last - sockets.first + 1, Math.min(24_000, last - first + 1));
});

Deno.test("forged packets get ports of few ranges that are known before", () => {
  const ports = RunPorts.choose(1, true);
  const pool = ports.pool();
  assert(ports.forged.length >= 1 && ports.forged.length <= 8);
  for (let flow = 0; flow < 1000; flow++) {
    const port = pool.take(`flow ${flow}`)!;
    assert(ports.forged.some((range) => within(port, range)), `${port}`);
    assert(!within(port, ports.sockets));
  }
  assertEquals(RunPorts.choose(1, false).forged, []);
});

Deno.test("a port that an arm wants is announced before the connection begins", () => {
  const ports = RunPorts.choose(1, false);
  const told: number[] = [];
  ports.onOther = (port) => told.push(port);
  const settings = { interface: null, ports, ecnMark: () => 0 };
  const remote = { address: "127.0.0.1", port: 9 };
  const begun = begin(IPPROTO_UDP, remote, { bindPort: 4711 }, settings);
  if (typeof begun === "number") throw new Error(`${begun}`);
  closeSocket(begun.fd);
  assertEquals([begun.local.port, told], [4711, [4711]]);
});
