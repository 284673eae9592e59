import { assertEquals, assertMatch, assertStringIncludes, assertThrows } from "@std/assert";
import { Failure } from "../../src/host/failure.ts";
import { programPath } from "../../src/host/program_path.ts";
import { attempt } from "../../src/host/run.ts";
import { unitFile } from "../../src/serve/unit_file.ts";
import { Folder } from "../data/temporary.ts";

/** The command line that a unit starts. */
function commandOf(program: string, config: string | null): string {
  return /^ExecStart=(.*)$/m.exec(unitFile({ program, config }))![1]!;
}

Deno.test("the unit starts the program with its configuration, whatever they are called", () => {
  assertEquals(commandOf("/opt/spider", null), "/opt/spider serve");
  assertEquals(
    commandOf("/opt/a b/spider", '/etc/50%$"\\.yaml'),
    '"/opt/a b/spider" serve --config "/etc/50%%$$\\"\\\\.yaml"',
  );
  const unit = unitFile({ program: "/opt/spider", config: null });
  for (const line of ["Type=notify", "WatchdogSec=60", "ProtectSystem=strict"]) {
    assertStringIncludes(unit, `\n${line}\n`);
  }
  assertMatch(unit, /^CapabilityBoundingSet=CAP_NET_RAW CAP_NET_ADMIN$/m);
});

Deno.test("what the sandbox hides, or nobody can read, is refused", () => {
  for (const path of ["/home/me/spider", "/root/spider", "/tmp/spider", "/opt/a\nExecStop=b"]) {
    const why = path.includes("\n") ? "name it otherwise" : "put it elsewhere";
    assertThrows(() => unitFile({ program: path, config: null }), Failure, why);
    assertThrows(() => unitFile({ program: "/opt/spider", config: path }), Failure, why);
  }
});

const judge = programPath("systemd-analyze");

Deno.test({
  name: `systemd understands the unit${judge === null ? " (skipped: no systemd-analyze)" : ""}`,
  ignore: judge === null,
  fn() {
    using folder = new Folder();
    const verify = (text: string) => {
      const path = folder.put("spider.service", new TextEncoder().encode(text));
      const { ok, stdout, stderr } = attempt("systemd-analyze", ["verify", "--man=no", path]);
      return { ok, said: stdout + stderr };
    };
    const unit = unitFile({ program: "/bin/sh", config: "/etc/a b%$.yaml" });
    assertEquals(verify(unit), { ok: true, said: "" });
    assertMatch(verify(unit.replace("WatchdogSec", "WatchdogSek")).said, /WatchdogSek/);
  },
});
