import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { stripVTControlCharacters } from "node:util";
import type { HealthFinding } from "../../src/host/health/finding.ts";
import { Folder } from "../data/temporary.ts";
import { TestNamespace } from "../host/test_namespace.ts";
import { StateDirectory } from "../host/state_directory.ts";
import { rootTest } from "../lab/root.ts";
import { inProcess } from "../in_process.ts";
import { Residents } from "../resident.ts";
import { commandLine, type ProgramRun, spider } from "../spider.ts";

function findings({ out, err }: ProgramRun): Record<string, HealthFinding> {
  assertEquals(err, "");
  const { findings }: { findings: HealthFinding[] } = JSON.parse(out);
  return Object.fromEntries(findings.map((finding) => [finding.name, finding]));
}

function inside(sandbox: TestNamespace) {
  return (line: readonly string[]) => ["ip", "netns", "exec", sandbox.name, ...line];
}

rootTest(
  "doctor looks at this host: all that a measurement needs, for people and scripts",
  async () => {
    using _state = new StateDirectory();
    using sandbox = new TestNamespace();
    sandbox.ip("route add default via 10.1.0.2 dev one");
    const before = sandbox.state();
    await using residents = new Residents(inside(sandbox));
    const said = await residents.run(["doctor", "--json"]);
    const found = findings(said);
    assertEquals(said.code, 0, said.out);
    assertEquals(JSON.parse(said.out).ok, true);
    assertStringIncludes(found.interface!.found, "one (of the default route), 10.1.0.1, fd01::1");
    assertStringIncludes(found.libpcap!.found, "libpcap version");
    assertEquals(found.marks!.found, "32 of 32 free");
    assertEquals(found.leftovers!.level, "ok");
    const table = await residents.run(["doctor", "-i", "two"]);
    assertStringIncludes(table.out, "two (as given), 10.2.0.1, fd02::1");
    assertStringIncludes(table.out, "This host can measure");
    assert(!table.out.includes("\x1b"));
    assertEquals(sandbox.state(), before);
  },
);

rootTest("doctor uses colours on a terminal, and fits it", () => {
  using _state = new StateDirectory();
  using sandbox = new TestNamespace();
  const words = ["env", "-u", "NO_COLOR", ...commandLine(["doctor", "-i", "one"], undefined)];
  const line = `stty cols 60; ${words.map((word) => `'${word}'`).join(" ")}`;
  const rows = sandbox.exec("script", "-qec", line, "/dev/null").split("\r\n");
  assert(rows.some((row) => row.startsWith("\x1b[32mok")), rows.join("\n"));
  assert(rows.every((row) => stripVTControlCharacters(row).length <= 60), rows.join("\n"));
});

rootTest("doctor names what would keep a measurement from running, and ends with 1", async () => {
  using _state = new StateDirectory();
  using sandbox = new TestNamespace();
  await using residents = new Residents(inside(sandbox));
  const without = await residents.run(["doctor", "--json"]);
  assertEquals(without.code, 1);
  assertStringIncludes(findings(without).interface!.found, "there is no default route");

  sandbox.ip("route add default via 10.1.0.2 dev one");
  sandbox.ip("-6 address flush dev one");
  sandbox.exec("sysctl", "-qw", "net.ipv4.tcp_ecn=1");
  const ecn = await residents.run(["doctor", "--json"]);
  assertEquals(ecn.code, 1);
  assertEquals(findings(ecn).settings!.found, "net.ipv4.tcp_ecn is 1");
  assertEquals(findings(ecn).interface!.level, "warning");
  assertStringIncludes(findings(ecn).interface!.found, "no global IPv6 address");

  sandbox.exec("sysctl", "-qw", "net.ipv4.tcp_ecn=2");
  const rules = Array.from({ length: 32 }, (_, n) => `rule add fwmark ${0xe0 + n} table 7\n`);
  Deno.writeTextFileSync(`${_state.path}/rules`, rules.join(""));
  sandbox.ip(`-batch ${_state.path}/rules`);
  const marks = await residents.run(["doctor", "--json"]);
  assertEquals([marks.code, findings(marks).marks!.found], [1, "0 of 32 free"]);
  assertEquals((await residents.run(["doctor", "-i", "none"])).code, 1);
});

rootTest(
  "doctor without privileges, and with a state folder that is not its own, says so",
  async () => {
    using state = new StateDirectory();
    Deno.writeTextFileSync(`${state.path}/9.journal`, "not json\n");
    Deno.chmodSync(state.path, 0o555);
    const within = (line: readonly string[]) => ["setpriv", "--bounding-set=-all", ...line];
    const said = await spider(["doctor", "--json"], { within });
    assertEquals(said.code, 1, said.err);
    const found = findings(said);
    assertEquals(found.privileges!.level, "missing");
    assertEquals(found["state folder"]!.level, "missing");
    assertStringIncludes(found["state folder"]!.found, `${state.path} cannot be written`);
    assertStringIncludes(found.leftovers!.found, "9.journal left it is not JSON");
    assertEquals([...Deno.readDirSync(state.path)].map(({ name }) => name), ["9.journal"]);

    Deno.chmodSync(state.path, 0o000);
    const blind = findings(await spider(["doctor", "--json"], { within }));
    assertStringIncludes(blind.leftovers!.found, "not known: cannot read");
    assertEquals(blind.marks!.level, "warning");
  },
);

rootTest("doctor names each library and program that is not there", async () => {
  using _state = new StateDirectory();
  using folder = new Folder();
  for (const program of ["setsid", "ip"]) {
    Deno.symlinkSync(program === "ip" ? "/bin/ip" : "/usr/bin/setsid", folder.at(program));
  }
  const within = (line: readonly string[]) => ["env", `PATH=${folder.path}`, ...line];
  const found = findings(await spider(["doctor", "--json"], { within }));
  assertEquals([found["mtr-packet"]!.level, found["mtr-packet"]!.found], ["warning", "not found"]);
  assertStringIncludes(found.offloads!.found, "not known: ethtool is not installed");
  assertEquals(found.iproute2!.level, "ok");
});

Deno.test("doctor --restore as JSON tells what was put back", async () => {
  using _state = new StateDirectory();
  const { code, out } = await inProcess(["doctor", "--restore", "--json"]);
  assertEquals([code, JSON.parse(out)], [0, { restored: [], left: [] }]);
});
