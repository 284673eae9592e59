import { assert, assertEquals, assertThrows } from "@std/assert";
import { createSocket } from "node:dgram";
import { fileURLToPath } from "node:url";
import { Forger } from "../../src/connect/transport/forger.ts";
import type { PacketSpec } from "../../src/contract/packet.ts";
import { ERRNO } from "../../src/host/errno.ts";
import { Failure } from "../../src/host/failure.ts";
import { Reactor } from "../../src/host/reactor.ts";
import { TestNamespace } from "../host/test_namespace.ts";
import { rootTest } from "../lab/root.ts";
import { until } from "../until.ts";

/** Runs a scenario with a forger on loopback. */
async function withForger(play: (forger: Forger) => Promise<void>): Promise<void> {
  using reactor = new Reactor();
  const running = reactor.run();
  using forger = new Forger(reactor, { interface: "lo" });
  try {
    await play(forger);
  } finally {
    reactor.stop();
    await running;
  }
}

for (const [type, address] of [["udp4", "127.0.0.1"], ["udp6", "::1"]] as const) {
  rootTest(`forged datagrams arrive at ${address}, each once and in their order`, async () => {
    const heard: string[] = [];
    const socket = createSocket(type);
    socket.on("message", (data, { port }) => heard.push(`${port} ${data}`));
    await new Promise<void>((resolve) => socket.bind(0, address, resolve));
    const remote = { address, port: socket.address().port };
    const expected: string[] = [];
    await withForger(async (forger) => {
      // In waves that the socket's buffer has room for
      for (const wave of [1, 200, 40, 200, 3]) {
        const errnos = Array.from({ length: wave }, (_, i) => {
          const local = forger.local(remote, 17);
          if (typeof local === "number") throw new Error(`error ${local}`);
          assertEquals(local.address, address);
          expected.push(`${local.port} ${wave} ${i}`);
          return forger.send({
            ip: { source: address, destination: address },
            transport: { kind: "udp", sourcePort: local.port, destinationPort: remote.port },
            payload: new TextEncoder().encode(`${wave} ${i}`),
          });
        });
        assertEquals(await Promise.all(errnos), Array(wave).fill(0));
        await until("all arrive", () => heard.length >= expected.length);
      }
    });
    assertEquals(heard, expected);
    assertEquals(new Set(heard.map((line) => line.split(" ")[0])).size, expected.length);
    socket.close();
  });
}

/** The outcomes of packets that were sent within a sandbox, by error number. */
function forge(sandbox: TestNamespace, count: number, ...specs: object[]): number[] {
  const main = fileURLToPath(new URL("forging_main.ts", import.meta.url));
  const json = specs.map((spec) => JSON.stringify(spec));
  const line = [Deno.execPath(), "run", "-A", main, "one", String(count), ...json];
  return JSON.parse(sandbox.exec(...line));
}

const transport = { kind: "udp", sourcePort: 5000, destinationPort: 53 };
const ip = { source: "10.1.0.1", destination: "10.1.0.2" };
const ip6 = { source: "fd01::1", destination: "fd01::2" };

rootTest("a packet that is not sent says why, and those beside it go", () => {
  using sandbox = new TestNamespace();
  const { EMSGSIZE, EPERM, ENETUNREACH } = ERRNO;
  sandbox.exec(
    "nft",
    "add table inet t; add chain inet t out { type filter hook output priority 0; }; " +
      "add rule inet t out udp dport 99 drop",
  );
  const good = { ip, transport };
  assertEquals(
    forge(
      sandbox,
      2,
      good,
      { ip, transport, payload: 1473 },
      { ip, transport: { ...transport, destinationPort: 99 } },
      good,
      { ip: ip6, transport, payload: 1453 },
      { ip: ip6, transport },
      { ip: { ...ip6, destination: "2001:db8::1" }, transport },
    ),
    Array(2).fill([0, EMSGSIZE, EPERM, 0, EMSGSIZE, 0, ENETUNREACH]).flat(),
  );
});

rootTest("packets carry the firewall mark that is asked for, and no other", () => {
  using sandbox = new TestNamespace();
  sandbox.exec(
    "nft",
    "add table inet t; add chain inet t out { type filter hook output priority 0; }; " +
      "add rule inet t out meta mark 7 drop",
  );
  const packets = [ip, ip6].flatMap((ip) => [
    { ip, transport },
    { ip, transport, mark: 7 },
    { ip, transport, mark: 8 },
  ]);
  const { EPERM } = ERRNO;
  assertEquals(forge(sandbox, 1, ...packets), [0, EPERM, 0, 0, EPERM, 0]);
});

rootTest("what the interface's queue has no room for is not silently lost", () => {
  using sandbox = new TestNamespace();
  sandbox.ip("neigh add 10.1.0.2 lladdr 02:00:00:00:00:01 dev one");
  sandbox.exec(..."tc qdisc add dev one root tbf rate 8kbit burst 1600 limit 3200".split(" "));
  const errnos = forge(sandbox, 300, { ip, transport, payload: 100 });
  const { length: sent } = errnos.filter((errno) => errno === 0);
  assert(sent > 0 && sent < 300, `${sent} were sent`);
  assertEquals(errnos.filter((errno) => errno !== 0 && errno !== ERRNO.ENOBUFS), []);
  // What the queue took is there: it was sent, or waits
  const said = sandbox.exec(..."tc -s qdisc show dev one".split(" "));
  const [, left] = /Sent \d+ bytes (\d+) pkt/.exec(said) ?? [];
  const [, waits] = /backlog \S+ (\d+)p/.exec(said) ?? [];
  assert(Number(left) + Number(waits) >= sent, said);
});

rootTest("closing gives up what waits, and takes no more", async () => {
  using reactor = new Reactor();
  const forger = new Forger(reactor, { interface: "lo" });
  const remote = { address: "127.0.0.1", port: 9 };
  const spec: PacketSpec = {
    ip: { source: "127.0.0.1", destination: "127.0.0.1" },
    transport: { kind: "udp", sourcePort: 9, destinationPort: 9 },
  };
  const sending = forger.send(spec);
  forger.close();
  assertEquals(await sending, ERRNO.ECANCELED);
  assertEquals(await forger.send(spec), ERRNO.ECANCELED);
  assertEquals(forger.local(remote, 17), -ERRNO.ECANCELED);
});

rootTest("what this host does not have is a failure that says so", () => {
  using reactor = new Reactor();
  const remote = { address: "127.0.0.1", port: 9 };
  using foreign = new Forger(reactor, { interface: "lo", sources: { 4: "192.0.2.1" } });
  assertThrows(() => foreign.local(remote, 6), Failure, "no address 192.0.2.1");
  using nowhere = new Forger(reactor, { interface: "nowhere0" });
  assertThrows(() => nowhere.local(remote, 6), Failure, "ENODEV");
  using own = new Forger(reactor, { interface: "lo", sources: { 4: "127.0.0.9" } });
  const local = own.local(remote, 6);
  if (typeof local === "number") throw new Error(`error ${local}`);
  assertEquals(local.address, "127.0.0.9");
  assertEquals(own.local(remote, 6, undefined, 4000), { address: "127.0.0.9", port: 4000 });
});
