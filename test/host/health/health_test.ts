import { assertEquals, assertStringIncludes } from "@std/assert";
import { offloads } from "../../../src/host/health/device.ts";
import { privileges } from "../../../src/host/health/privileges.ts";
import { settings } from "../../../src/host/health/settings.ts";
import { openFiles } from "../../../src/host/health/state.ts";

Deno.test("privileges, by the effective capabilities", () => {
  const of = (mask: string) =>
    privileges(`CapPrm:\t000001ffffffffff\nCapEff:\t${mask}\nCapBnd:\t0\n`);
  assertEquals(of("000001fffeffffff").level, "ok");
  assertEquals(of("0000000000003000").level, "ok");
  assertEquals(of("0000000000002000").found, "no CAP_NET_ADMIN");
  assertEquals(of("0000000000001000").found, "no CAP_NET_RAW");
  const none = of("0000000000000000");
  assertEquals([none.level, none.found], ["missing", "no CAP_NET_RAW, no CAP_NET_ADMIN"]);
});

Deno.test("offloads, by what ethtool says", () => {
  const said = (lro: string, gro: string) =>
    `Features for eth0:\ntcp-segmentation-offload: off\n\ttx-tcp-segmentation: on\n` +
    `generic-receive-offload: ${gro}\nlarge-receive-offload: ${lro}\n`;
  assertEquals(offloads(said("off [fixed]", "off")).found, "none that joins packets");
  const gro = offloads(said("off", "on"));
  assertEquals([gro.level, gro.found], ["ok", "GRO on"]);
  assertStringIncludes(gro.advice, "a capture sees joined packets");
  const lro = offloads(said("on", "on"));
  assertEquals([lro.level, lro.found], ["warning", "LRO, GRO on"]);
  assertStringIncludes(lro.advice, "ethtool -K INTERFACE lro off");
});

Deno.test("settings that hinder are each named, and unknown ones pass", () => {
  const usual: Record<string, string> = {
    "ipv4/tcp_ecn": "2",
    "ipv4/tcp_congestion_control": "cubic",
    "ipv4/tcp_timestamps": "1",
    "ipv4/tcp_fastopen": "1",
    "ipv4/tcp_window_scaling": "1",
    "ipv4/tcp_sack": "1",
    "ipv4/ip_local_port_range": "32768 60999",
    "netfilter/nf_conntrack_max": "262144",
  };
  const judged = (change: Record<string, string>) => {
    const all = { ...usual, ...change };
    return settings((name) => all[name] ?? null);
  };
  assertEquals(judged({}).map(({ level }) => level), ["ok"]);
  assertEquals(settings(() => null).map(({ level }) => level), ["ok"]);
  const hindering: [string, string, string][] = [
    ["ipv4/tcp_ecn", "1", "wrong"],
    ["ipv4/tcp_ecn", "3", "wrong"],
    ["ipv4/tcp_congestion_control", "dctcp", "wrong"],
    ["ipv4/tcp_timestamps", "0", "warning"],
    ["ipv4/tcp_fastopen", "2", "warning"],
    ["ipv4/tcp_window_scaling", "0", "warning"],
    ["ipv4/tcp_sack", "0", "warning"],
    ["ipv4/ip_local_port_range", "60000 60999", "warning"],
    ["netfilter/nf_conntrack_max", "1000", "warning"],
  ];
  for (const [name, value, level] of hindering) {
    const [found, ...more] = judged({ [name]: value });
    assertEquals(more, []);
    assertEquals([found!.level, found!.found], [
      level,
      `net.${name.replaceAll("/", ".")} is ${value}`,
    ]);
  }
  assertEquals(judged({ "ipv4/tcp_ecn": "0" })[0]!.level, "ok");
  assertEquals(judged({ "ipv4/tcp_ecn": "5" })[0]!.level, "ok");
  assertEquals(judged({ "ipv4/tcp_sack": "0", "ipv4/tcp_ecn": "1" }).length, 2);
});

Deno.test("the limit of open files, by the workers that it carries", () => {
  assertEquals(openFiles(Infinity).level, "ok");
  assertEquals(openFiles(2064).level, "ok");
  assertEquals([openFiles(1024).level, openFiles(1024).found], [
    "warning",
    "1024 at most, enough for 480 workers",
  ]);
  assertEquals(openFiles(264).level, "warning");
  assertEquals(openFiles(263).level, "wrong");
  assertStringIncludes(openFiles(10).found, "enough for 0 workers");
});
