import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { TargetLab } from "../lab/target_lab.ts";
import { runWithin } from "../../src/lab/topology/build.ts";
import { rootTest } from "../lab/root.ts";
import { inProcess } from "../in_process.ts";

/** Invalid hosts, and the messages about them after `spider: `. */
const REFUSED: Readonly<Record<string, string>> = {
  "127.0.0.1": '"127.0.0.1" is this host itself, which ',
  "::1": '"::1" is this host itself, which ',
  "127.1": '"127.1": "127.0.0.1" is this host itself, which ',
  "224.0.0.1": '"224.0.0.1" is not the address of a host',
  "0.0.0.0": '"0.0.0.0" is not the address of a host',
  "::": '"::" is not the address of a host',
  "ff02::1": '"ff02::1" is not the address of a host',
  "::ffff:192.0.2.1": '"::ffff:192.0.2.1" is an IPv4 address in IPv6 form; write it as IPv4',
  "fe80::1%eth0": '"fe80::1%eth0" has a zone; give a global address',
};

const COMMANDS = [["ping", "-n"], ["trace", "-n"], ["locate", "-f", "ecn"]] as const;

rootTest("ping, trace and locate refuse what measure refuses, and do the rest", async () => {
  await using lab = await TargetLab.open();
  const [target = ""] = lab.addresses("transparent", 4, 1);
  // Whatever leaves for an address that is none of the lab's
  runWithin(lab.client, [
    "nft",
    "add table inet strange; " +
    "add chain inet strange out { type filter hook output priority 0; }; " +
    `add rule inet strange out ip daddr { 127.0.0.0/8, 224.0.0.0/4, 0.0.0.0 } meta l4proto { tcp, icmp } counter; ` +
    "add rule inet strange out ip6 daddr { ::1, ::, ff02::1 } meta l4proto tcp counter",
  ]);
  const hosts = Object.keys(REFUSED);
  for (const command of COMMANDS) {
    const { code, out, err } = await lab.spider([...command, ...hosts, "localhost", target]);
    assertEquals(code, 1, command[0]);
    const said = err.trim().split("\n");
    assertEquals(said.length, hosts.length + 1, err);
    for (const host of hosts) {
      assert(said.some((line) => line.startsWith(`spider: ${REFUSED[host]}`)), `${host}: ${err}`);
    }
    assertMatch(err, /^spider: "localhost": "(127\.0\.0\.1|::1)" is this host itself, which /m);
    assertStringIncludes(out, target);
  }
  const listed = runWithin(lab.client, ["nft", "list", "table", "inet", "strange"]);
  assertEquals(listed.match(/packets \d+/g), ["packets 0", "packets 0"]);
});

rootTest("a zone is refused in one sentence by all that send", async () => {
  await using lab = await TargetLab.open();
  const sentence = '"fe80::1%eth0" has a zone; give a global address';
  const measured = await lab.spider(["measure", "ecn"], { input: "fe80::1%eth0\n" });
  assertStringIncludes(measured.err, sentence);
  for (const command of COMMANDS) {
    const { code, err } = await lab.spider([...command, "fe80::1%eth0"]);
    assertEquals([code, err], [1, `spider: ${sentence}\n`], command[0]);
  }
});

Deno.test("an empty host is a wrong command line", async () => {
  for (const command of COMMANDS) {
    for (const host of ["", " "]) {
      const { code, out, err } = await inProcess([...command, "192.0.2.1", host]);
      assertEquals([code, out], [2, ""], command[0]);
      assertStringIncludes(err, "a HOST is empty: give a name or an address, or leave it out");
    }
  }
});
