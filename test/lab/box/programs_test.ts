import { assertEquals } from "@std/assert";
import type { TransitProgram, TransitTools } from "../../../src/contract/middlebox.ts";
import { namedMiddlebox } from "../../../src/lab/box/named.ts";
import { LoadedPacket } from "../../../src/transit/packet.ts";
import { A4, A6, ACK, B4, B6, ip4, ip6, join, SYN, TCP, tcp } from "../../data/packets.ts";
import { clientHello } from "../../transit/hello.ts";

const MSS = [2, 4, 5, 180];
const FAST_OPEN = [34, 2];

/** What a middlebox's program does with packets, one after the other. */
class Trial {
  readonly #program: TransitProgram;
  readonly #packet = new LoadedPacket();
  /** The time in milliseconds, and the random number that come next. */
  now = 0;
  random = 0;

  private constructor(program: (tools: TransitTools) => TransitProgram) {
    const kept = new Map<string, unknown>();
    this.#program = program({
      random: () => this.random,
      now: () => this.now,
      memory: <T>() => kept as Map<string, T>,
    });
  }

  static async of(written: string): Promise<Trial> {
    const found = await namedMiddlebox(written);
    if (typeof found === "string") throw new Error(found);
    return new Trial((tools) => found.box.program!(found.value, tools));
  }

  /** Its verdict on a packet. */
  meet(octets: Uint8Array) {
    this.#packet.load(octets);
    return this.#program(this.#packet);
  }

  /** What has become of the last packet. */
  get packet(): LoadedPacket {
    return this.#packet;
  }
}

const syn = (options: readonly number[] = []) => ip4(tcp({ flags: SYN, options }));
const synAck = (options: readonly number[] = []) =>
  ip4(tcp({ source: 80, destination: 40000, flags: SYN | ACK, options }), {
    source: B4,
    destination: A4,
  });

Deno.test("option-drop drops SYNs with the option alone", async () => {
  const trial = await Trial.of("option-drop:34");
  assertEquals(trial.meet(syn(FAST_OPEN)), "drop");
  assertEquals(trial.meet(syn(MSS)), undefined);
  assertEquals(trial.meet(synAck(FAST_OPEN)), undefined);
});

Deno.test("option-strip and option-nop leave segments without SYN alone", async () => {
  for (const [written, left] of [["option-strip:2", null], ["option-nop:2", null]] as const) {
    const trial = await Trial.of(written);
    trial.meet(synAck(MSS));
    assertEquals(trial.packet.option(2), left, written);
    trial.meet(ip4(tcp({ options: MSS })));
    assertEquals(trial.packet.option(2), new Uint8Array(MSS), written);
  }
});

Deno.test("option-echo gives back an option that the server does not answer with", async () => {
  const trial = await Trial.of("option-echo:34");
  trial.meet(syn([...MSS, ...FAST_OPEN]));
  trial.meet(synAck(MSS));
  assertEquals(trial.packet.option(34), new Uint8Array(FAST_OPEN));
  trial.meet(
    ip4(tcp({ source: 80, destination: 9, flags: SYN | ACK }), { source: B4, destination: A4 }),
  );
  assertEquals(trial.packet.option(34), null);
});

Deno.test("eh-drop drops IPv6 packets by their extension headers", async () => {
  const trial = await Trial.of("eh-drop:60");
  const destination = join([TCP, 0, 1, 4, 0, 0, 0, 0], tcp({}));
  assertEquals(trial.meet(ip6(destination, { next: 60 })), "drop");
  assertEquals(trial.meet(ip6(destination, { next: 43 })), undefined);
  assertEquals(trial.meet(ip6(tcp({}))), undefined);
  assertEquals(trial.meet(syn()), undefined);
});

Deno.test("sni-drop drops handshakes for a name and those below it", async () => {
  const trial = await Trial.of("sni-drop:bad.example");
  const hello = (name: string) => ip4(tcp({ payload: clientHello(name) }));
  assertEquals(trial.meet(hello("bad.example")), "drop");
  assertEquals(trial.meet(hello("WWW.Bad.Example")), "drop");
  assertEquals(trial.meet(hello("notbad.example")), undefined);
  assertEquals(
    trial.meet(ip4(tcp({ payload: new TextEncoder().encode("GET / bad.example") }))),
    undefined,
  );
});

Deno.test("ch-split-drop drops a ClientHello that goes on in the next segment", async () => {
  const trial = await Trial.of("ch-split-drop");
  const hello = clientHello("a.example");
  assertEquals(trial.meet(ip4(tcp({ payload: hello }))), undefined);
  assertEquals(trial.meet(ip4(tcp({ payload: hello.subarray(0, 40) }))), "drop");
});

Deno.test("loss, duplicate and reorder go by chance, delay does not", async () => {
  const [loss, duplicate, reorder, delay] = await Promise.all(
    ["loss:10%", "duplicate:0.1", "reorder:10%", "delay:1.5s"].map((written) => Trial.of(written)),
  ) as [Trial, Trial, Trial, Trial];
  for (
    const [random, lost, copied, later] of [
      [0.05, "drop", { copies: 1 }, { delay: 10 }],
      [0.5, undefined, undefined, undefined],
    ] as const
  ) {
    for (const trial of [loss, duplicate, reorder]) trial.random = random;
    assertEquals(loss.meet(syn()), lost);
    assertEquals(duplicate.meet(syn()), copied);
    assertEquals(reorder.meet(syn()), later);
    assertEquals(delay.meet(syn()), { delay: 1500 });
  }
});

Deno.test("l4s-queue marks L4S packets at a step, classic ones later, and drops what cannot be marked", async () => {
  // 1 Mbit/s: 8 ms for 1,000 octets
  const packet = (ecn: number) =>
    ip6(tcp({ payload: new Uint8Array(940) }), { trafficClass: ecn, source: A6, destination: B6 });
  const trial = await Trial.of("l4s-queue:1mbit");
  assertEquals(trial.meet(packet(1)), { delay: 8 });
  assertEquals(trial.packet.ecn, 1);
  assertEquals(trial.meet(packet(1)), { delay: 16 });
  assertEquals(trial.packet.ecn, 3);
  // The classic queue waits for the other one
  assertEquals(trial.meet(packet(2)), { delay: 24 });
  assertEquals(trial.packet.ecn, 3);
  assertEquals(trial.meet(packet(0)), "drop");
  trial.now = 1000;
  assertEquals(trial.meet(packet(0)), { delay: 8 });
});
