import { assert, assertEquals } from "@std/assert";
import { interfaceNamed } from "../../src/host/interface.ts";
import { Reactor } from "../../src/host/reactor.ts";
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
