import { assertEquals } from "@std/assert";
import { tcp } from "../../../src/connect/types/tcp.ts";
import { phasesOf } from "../../../src/measure/schedule/phases.ts";
import type { Arm } from "../../../src/mod.ts";

const on = { sysctls: { "net.ipv4.tcp_sack": 1, "net.ipv4.tcp_ecn": 0 } };
const same = { sysctls: { "net.ipv4.tcp_ecn": 0, "net.ipv4.tcp_sack": 1 } };
const off = { sysctls: { "net.ipv4.tcp_sack": 0 } };

const names = (arms: readonly Arm[], type = tcp) =>
  phasesOf(arms, type).map((phase) => phase.arms.map(({ arm, config }) => `${arm.name}${config}`));

Deno.test("arms that set nothing run at once", () => {
  assertEquals(names([{ name: "a" }, { name: "b", socket: { dscp: 1 } }]), [["a0", "b1"]]);
});

Deno.test("arms that need the same state share a phase, the host's own state is one too", () => {
  const arms = [
    { name: "a", system: off },
    { name: "b", system: on },
    { name: "c" },
    { name: "d", system: same },
    { name: "e" },
  ];
  assertEquals(names(arms), [["a0"], ["b1", "d3"], ["c2", "e4"]]);
});

Deno.test("what functions do cannot be compared", () => {
  const enter = () => {};
  assertEquals(names([{ name: "a", system: { enter } }, { name: "b", system: { enter } }]), [
    ["a0"],
    ["b1"],
  ]);
  const shared = { enter };
  assertEquals(names([{ name: "a", system: shared }, { name: "b", system: shared }]), [
    ["a0", "b1"],
  ]);
});

Deno.test("an arm that waits for another is not in an earlier phase", () => {
  const arms = [
    { name: "a", system: off },
    { name: "b", system: on },
    { name: "c", system: off, after: "b" },
    { name: "d", system: on, after: "b" },
  ];
  assertEquals(names(arms), [["a0"], ["b1", "d3"], ["c2"]]);
});

Deno.test("forged packets need nothing of the host", () => {
  const arms = [{ name: "a", system: off }, { name: "b", system: on }];
  assertEquals(names(arms, { ...tcp, settle: (connection) => connection }), [["a0", "b1"]]);
});
