import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import { Capture } from "../../src/host/capture.ts";
import { openNamespace, within } from "../../src/host/enter_namespace.ts";
import { Failure } from "../../src/host/failure.ts";
import { interfaces } from "../../src/host/interface.ts";
import { libc } from "../../src/host/libc.ts";
import { MessageSocket } from "../../src/host/message_socket.ts";
import { openTun } from "../../src/host/tun.ts";
import { openOrder } from "../../src/scan/order/order.ts";
import { Pace } from "../../src/scan/pace.ts";
import { ProbeWriter } from "../../src/scan/probe_writer.ts";
import { Sender } from "../../src/scan/sender.ts";
import { armsOf } from "../../src/measure/arms.ts";
import { statelessTypeOf } from "../../src/scan/stateless_type.ts";
import { templatesOf } from "../../src/scan/templates.ts";
import ecn from "../../plugins/spiders/ecn.ts";
import { TestNamespace } from "../host/test_namespace.ts";
import { rootTest } from "../lab/root.ts";
import { until } from "../until.ts";

const ARMS = armsOf(ecn, {});
const SLOTS = 64;
const RECORD = 16;
const ETHERNET = 14;

interface Way {
  readonly prefixes: readonly string[];
  readonly routed: boolean;
  /** One without a link layer; the veth pair when missing. */
  readonly tunnel?: string;
}

/** Probes of ECN from one end of a veth pair, and what comes out at its other end. */
class Wire implements AsyncDisposable {
  readonly sandbox = new TestNamespace();
  readonly capture: Capture;
  readonly namespace: number;
  readonly #sockets: MessageSocket[] = [];

  constructor() {
    this.namespace = openNamespace(`/run/netns/${this.sandbox.name}`);
    this.capture = within(
      this.namespace,
      () => Capture.live("far-one", { snaplen: 256, bufferSize: 8 << 20, timeoutMs: 0 }),
    );
  }

  async sender({ prefixes, routed, tunnel }: Way): Promise<Sender> {
    const type = await statelessTypeOf(ecn, ARMS);
    const templates = await templatesOf({ spider: ecn, spiderOptions: {}, arms: ARMS, type });
    const order = await openOrder({ prefixes, ports: [80], seed: "wire" });
    const device = within(this.namespace, interfaces).find(({ name }) =>
      name === (tunnel ?? "one")
    )!;
    const outlets = (routed ? [4, 6] as const : [null]).map((version) => {
      const socket = within(
        this.namespace,
        () =>
          version === null
            ? MessageSocket.packet(device, 10)
            : MessageSocket.routed(version, device.name, 10),
      );
      this.#sockets.push(socket);
      const writer = new ProbeWriter({
        templates,
        key: new Uint8Array(16),
        ports: { first: 20_000, last: 24_000 },
        sharesPort: false,
        sources: { 4: ["10.1.0.1"], 6: ["fd01::1"] },
        link: new Uint8Array(routed || tunnel !== undefined ? 0 : ETHERNET),
        slots: SLOTS,
        names: routed ? "inet" : tunnel === undefined ? "none" : "packet",
        interfaceIndex: device.index,
      });
      return { writer, socket, ...(version === null ? {} : { version }) };
    });
    return new Sender({
      order,
      outlets,
      pace: new Pace(0),
      arms: ARMS.length,
      probes: 1,
      gapMs: 1,
      epochMs: 1000,
      batch: SLOTS,
    });
  }

  /** The SYNs that came out so far: destination and flags of each. */
  seen(): string[] {
    const room = new Uint8Array(1 << 20);
    const found: string[] = [];
    for (let octets = this.capture.read(room, 1024); octets > 0;) {
      const view = new DataView(room.buffer);
      for (let at = 0; at < octets; at += RECORD + view.getUint32(at + 8, true)) {
        const ip = at + RECORD + ETHERNET;
        const six = room[ip]! >> 4 === 6;
        if (room[ip + (six ? 6 : 9)] !== 6) continue;
        const [to, length, flags] = six ? [24, 16, 40 + 13] : [16, 4, 20 + 13];
        found.push(`${room.slice(ip + to, ip + to + length).join(".")} ${room[ip + flags]}`);
      }
      octets = this.capture.read(room, 1024);
    }
    return found;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets) socket.close();
    this.capture.close();
    libc.close(this.namespace);
    await Promise.resolve(this.sandbox[Symbol.dispose]());
  }
}

async function sendAll(sender: Sender): Promise<void> {
  const began = performance.now();
  for (;;) {
    const wait = await sender.step(performance.now() - began);
    if (wait === null) return;
    if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
  }
}

for (const routed of [false, true]) {
  const how = routed ? "the kernel's routes" : "a packet socket";
  rootTest(`both arms of each target leave once by ${how}, over both IP versions`, async () => {
    await using wire = new Wire();
    if (routed) {
      // Neighbours that are known already, so that nothing waits for them
      wire.sandbox.ip("route add 10.9.0.0/16 via 10.1.0.9 dev one");
      wire.sandbox.ip("neigh add 10.1.0.9 lladdr 02:00:00:00:00:09 dev one");
      wire.sandbox.ip("route add fd09::/64 via fd01::9 dev one");
      wire.sandbox.ip("neigh add fd01::9 lladdr 02:00:00:00:00:09 dev one");
    }
    const sender = await wire.sender({ prefixes: ["10.9.3.0/24", "fd09::1:0/120"], routed });
    await sendAll(sender);
    assertEquals([sender.taken, sender.sent, sender.refused.size], [512, 1024, 0]);
    const seen: string[] = [];
    await until("all have come out", () => seen.push(...wire.seen()) >= 1024);
    assertEquals(seen.length, 1024);
    const distinct = new Set(seen);
    assertEquals(distinct.size, 1024);
    // SYN, and SYN with ECE and CWR
    assertEquals(new Set(seen.map((one) => one.split(" ")[1])), new Set(["2", "194"]));
    assert(distinct.has("10.9.3.255 194"));
  });
}

rootTest(
  "IP packets leave as they are where there is no link layer, over both IP versions",
  async () => {
    await using wire = new Wire();
    wire.sandbox.ip("tuntap add dev tunnel mode tun");
    wire.sandbox.ip("address add 10.4.0.1/24 dev tunnel");
    const tunnel = within(wire.namespace, () => openTun("tunnel"));
    try {
      wire.sandbox.ip("link set dev tunnel up");
      const sender = await wire.sender({
        prefixes: ["10.9.3.0/27", "fd09::/123"],
        routed: false,
        tunnel: "tunnel",
      });
      await sendAll(sender);
      assertEquals([sender.taken, sender.sent, sender.refused.size], [64, 128, 0]);
      const octets = new Uint8Array(2048);
      const seen = new Set<string>();
      for (let length = libc.read(tunnel, octets, 2048n); length > 0n;) {
        const six = octets[0]! >> 4 === 6;
        // What the kernel itself sends over a new interface is no TCP
        if (octets[six ? 6 : 9] === 6) {
          const to = octets.slice(six ? 24 : 16, six ? 40 : 20).join(".");
          assertEquals(
            Number(length),
            (octets[six ? 4 : 2]! << 8 | octets[six ? 5 : 3]!) + (six ? 40 : 0),
          );
          seen.add(`${to} ${octets[six ? 53 : 33]}`);
        }
        length = libc.read(tunnel, octets, 2048n);
      }
      assertEquals(seen.size, 128);
      assert(seen.has("10.9.3.31 194"));
    } finally {
      libc.close(tunnel);
    }
  },
);

rootTest("what a slow link has no room for is offered again when it has", async () => {
  await using wire = new Wire();
  // A few packets wait, the others are refused (ENOBUFS)
  wire.sandbox.exec(
    ...["tc", "qdisc", "add", "dev", "one", "root", "handle", "1:"],
    ...["tbf", "rate", "256kbit", "burst", "1600", "limit", "400"],
  );
  const sender = await wire.sender({ prefixes: ["10.9.3.0/26"], routed: false });
  await sendAll(sender);
  assertEquals([sender.taken, sender.sent, [...sender.refused]], [64, 128, []]);
  const seen: string[] = [];
  await until("all have come out", () => seen.push(...wire.seen()) >= 128);
  assertEquals(new Set(seen).size, 128);
});

rootTest("an interface that goes down ends the sending, with a sentence", async () => {
  await using wire = new Wire();
  const sender = await wire.sender({ prefixes: ["10.9.0.0/16"], routed: false });
  await sender.step(0);
  wire.sandbox.ip("link set dev one down");
  const error = await assertRejects(() => sendAll(sender), Failure);
  assertEquals(
    error.message,
    "the interface one went down or away (ENETDOWN): see that it stays up, and go on with --resume",
  );
});

rootTest("so does one that packets are routed to, whose routes go with it", async () => {
  await using wire = new Wire();
  wire.sandbox.ip("route add 10.9.0.0/16 dev one");
  const sender = await wire.sender({ prefixes: ["10.9.0.0/16"], routed: true });
  await sender.step(0);
  wire.sandbox.ip("link set dev one down");
  const error = await assertRejects(() => sendAll(sender), Failure);
  assertMatch(error.message, /^the interface one went down or away \(ENET(DOWN|UNREACH)\): see /);
});

rootTest("what this host's rules refuse is counted by name, and the rest is sent", async () => {
  await using wire = new Wire();
  wire.sandbox.ip("route add 10.9.0.0/16 dev one");
  for (
    const command of [
      "add table ip refuses",
      "add chain ip refuses out { type filter hook output priority 0; }",
      "add rule ip refuses out ip daddr 10.9.5.0/30 drop",
    ]
  ) wire.sandbox.exec("nft", command);
  const sender = await wire.sender({ prefixes: ["10.9.5.0/28"], routed: true });
  await sendAll(sender);
  assertEquals([sender.taken, sender.sent, [...sender.refused]], [16, 24, [["EPERM", 8]]]);
});
