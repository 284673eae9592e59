import { assert, assertEquals, assertThrows } from "@std/assert";
import { PortPool } from "../../src/connect/port_pool.ts";
import { Failure } from "../../src/host/failure.ts";

const none = new Set<number>();
const pool = (from: number, to: number, reserved = none, bound = none) =>
  new PortPool({ ephemeral: [from, to], reserved, bound });

function taken(from: PortPool, flow: string): Set<number> {
  const ports = new Set<number>();
  for (let port = from.take(flow); port !== null; port = from.take(flow)) {
    assert(!ports.has(port), `${port} comes twice`);
    ports.add(port);
  }
  return ports;
}

Deno.test("ports are those that the kernel does not choose, and nobody has", () => {
  const range = (from: number, to: number) =>
    Array.from({ length: to - from + 1 }, (_, i) => from + i);
  const ports = taken(pool(1030, 65_530, new Set([2000, 80]), new Set([65_533])), "one");
  assertEquals([...ports].sort((a, b) => a - b), [
    ...range(1024, 1029),
    2000,
    65_531,
    65_532,
    65_534,
    65_535,
  ]);
});

Deno.test("no flow gets a port twice, and every flow gets every port", () => {
  const from = pool(1024, 65_435);
  for (const flow of ["6 192.0.2.1 198.51.100.7 80", "6 192.0.2.1 198.51.100.7 81", "another"]) {
    assertEquals(taken(from, flow).size, 100);
    assertEquals(from.take(flow), null);
  }
});

Deno.test("a port that somebody chose is not given out again", () => {
  const from = pool(1024, 65_533);
  from.use("flow", 65_534);
  assertEquals([...taken(from, "flow")], [65_535]);
});

Deno.test("hundreds of thousands of flows hardly take one another's ports", () => {
  const from = pool(1024, 65_525);
  let missed = 0;
  for (let flow = 0; flow < 30_000; flow++) missed += 10 - taken(from, `flow ${flow}`).size;
  assert(missed < 30, `${missed} of 300,000 ports were held for used`);
});

Deno.test("a kernel that chooses from all ports is a failure that says what to set", () => {
  assertThrows(() => pool(1024, 65_535), Failure, "sysctl -w net.ipv4.ip_local_port_range");
});
