import { assert, assertEquals } from "@std/assert";
import { instantiateScan } from "../../../src/host/scan_wasm.ts";
import { ROW, ROW_PORT } from "../../../src/scan/target_row.ts";
import { random } from "../../data/random.ts";
import { siphash24 } from "./siphash_reference.ts";

const KEY = Uint8Array.from({ length: 16 }, (_, i) => i * 7);

function tokens() {
  const wasm = instantiateScan();
  wasm.memory.grow(2);
  const memory = new Uint8Array(wasm.memory.buffer);
  memory.set(KEY, wasm.scanKeyAt());
  return { wasm, row: memory.subarray(memory.length - ROW), at: memory.length - ROW };
}

function fill(row: Uint8Array, next: (below: number) => number): void {
  for (let i = 0; i < ROW_PORT + 2; i++) row[i] = next(256);
}

const u64 = (value: bigint) => BigInt.asUintN(64, value);

Deno.test("a probe's token is the hash of its address, port, arm, round and epoch", () => {
  const { wasm, row, at } = tokens();
  const next = random(1);
  for (let i = 0; i < 200; i++) {
    fill(row, next);
    const [arm, round, epoch] = [next(8), next(8), next(2 ** 31)];
    const message = new Uint8Array(24);
    message.set(row.subarray(0, ROW_PORT + 2));
    message[18] = arm;
    message[19] = round;
    new DataView(message.buffer).setUint32(20, epoch, true);
    assertEquals(u64(wasm.probeToken(at, arm, round, epoch)), siphash24(KEY, message));
  }
});

Deno.test("what stands in a row behind the port changes no token", () => {
  const { wasm, row, at } = tokens();
  fill(row, random(2));
  const all = () => [wasm.targetToken(at), wasm.probeToken(at, 1, 0, 5), wasm.flowToken(at, 1, 0)];
  const before = all();
  row.fill(255, ROW_PORT + 2);
  assertEquals(all(), before);
});

Deno.test("probes to a target have ports of their own, or the arms share one", () => {
  const { wasm, row, at } = tokens();
  const next = random(3);
  for (let i = 0; i < 500; i++) {
    fill(row, next);
    const ports = (shares: boolean) => {
      wasm.scanPorts(40_000, 64, shares);
      return [0, 1, 2].flatMap((round) =>
        [0, 1, 4].map((arm) => wasm.sourcePort(wasm.flowToken(at, arm, round)))
      );
    };
    const own = ports(false);
    assertEquals(new Set(own).size, own.length);
    assert(own.every((port) => port >= 40_000 && port < 40_064));
    const shared = ports(true);
    assertEquals(new Set(shared).size, 3);
    assertEquals(shared.slice(0, 3).every((port) => port === shared[0]), true);
  }
});

Deno.test("a range of one port has one, and every port of a range is used", () => {
  const { wasm, row, at } = tokens();
  const next = random(4);
  wasm.scanPorts(65_535, 1, false);
  fill(row, next);
  assertEquals(wasm.sourcePort(wasm.flowToken(at, 3, 2)), 65_535);
  wasm.scanPorts(1000, 7, false);
  const used = new Set<number>();
  for (let i = 0; i < 500; i++) {
    fill(row, next);
    used.add(wasm.sourcePort(wasm.flowToken(at, 0, 0)));
  }
  assertEquals(used.size, 7);
});

Deno.test("the places of a round have each arm once, and each arm is first about equally often", () => {
  const { wasm, row, at } = tokens();
  const next = random(5);
  for (const arms of [1, 2, 3, 5]) {
    const first = new Array<number>(arms).fill(0);
    const orders = new Set<string>();
    const rows = 4000;
    for (let i = 0; i < rows; i++) {
      fill(row, next);
      const target = wasm.targetToken(at);
      const order = Array.from(
        { length: arms },
        (_, place) => wasm.armAt(target, place, i % 3, arms),
      );
      assertEquals([...order].sort(), Array.from({ length: arms }, (_, arm) => arm));
      first[order[0]!]!++;
      orders.add(order.join());
    }
    // Ten standard deviations of a binomial distribution
    const most = 10 * Math.sqrt(rows / arms);
    for (const times of first) assert(Math.abs(times - rows / arms) < most, `${first}`);
    // Either direction, from each arm on
    assertEquals(orders.size, arms < 3 ? arms : 2 * arms);
  }
});

Deno.test("an id is 16 bits of the token, and never 0", () => {
  const { wasm } = tokens();
  assertEquals(wasm.packetId(0x1234_abcd_0000_0000n), 0xabcd);
  assertEquals(wasm.packetId(0xffff_0000_ffff_ffffn), 1);
});
