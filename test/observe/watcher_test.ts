import { assert, assertEquals } from "@std/assert";
import type { FlowRecord } from "../../src/contract/flow.ts";
import { AF_INET } from "../../src/host/address.ts";
import { interfaceNamed } from "../../src/host/interface.ts";
import { IPPROTO_TCP } from "../../src/host/ip_protocol.ts";
import { Reactor } from "../../src/host/reactor.ts";
import { encodeEndpoint } from "../../src/host/scoped_address.ts";
import {
  bindSocket,
  closeSocket,
  localEndpoint,
  openSocket,
  startConnect,
} from "../../src/host/socket.ts";
import { Watcher } from "../../src/observe/watcher.ts";
import { rootTest } from "../lab/root.ts";

/** More than the kernel has blocks for where it gathers packets and hands over one block each time. */
const PACKETS = 200;

rootTest("a program that is held up for seconds loses no packets that trickle in", () => {
  using reactor = new Reactor();
  using watcher = new Watcher(reactor, [interfaceNamed("lo")], []);
  // Synchronous: meanwhile nothing is read
  const { success } = new Deno.Command("bash", {
    args: ["-c", `for i in $(seq ${PACKETS}); do echo x >/dev/udp/127.0.0.1/9; sleep 0.011; done`],
  }).outputSync();
  assert(success);
  const { received, dropped } = watcher.counts();
  assert(received >= PACKETS, `${received} received`);
  assertEquals(dropped, 0);
});

const NOBODY = { address: "127.0.0.1", port: 1 };

/** Connects from a port, 0 for any, to where nobody listens; the port. */
function refusedFrom(port: number): number {
  const fd = openSocket(IPPROTO_TCP, AF_INET);
  assertEquals(bindSocket(fd, IPPROTO_TCP, new Uint8Array([127, 0, 0, 1]), port), 0);
  assert(startConnect(fd, encodeEndpoint(NOBODY)) < 0);
  const local = localEndpoint(fd);
  closeSocket(fd);
  return local.port;
}

rootTest(
  "packets of another connection that wait to be read do not count to one on its ports",
  async () => {
    using reactor = new Reactor();
    using watcher = new Watcher(reactor, [interfaceNamed("lo")], ["tcp"]);
    const port = refusedFrom(0);
    const before = Date.now();
    while (Date.now() === before);
    const since = Date.now();
    refusedFrom(port);
    const local = { ...NOBODY, port };
    const watch = watcher.expect(local, NOBODY, IPPROTO_TCP, { since })!;
    const running = reactor.run();
    try {
      assertEquals(await watcher.ended(watch, 10_000), true);
      const { pkt_fwd, pkt_rev, tcp_rst_rev } = watcher.peek(watch) as FlowRecord;
      assertEquals([pkt_fwd, pkt_rev, tcp_rst_rev], [1, 1, true]);
    } finally {
      reactor.stop();
      await running;
    }
  },
);
