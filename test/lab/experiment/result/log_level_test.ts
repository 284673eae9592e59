import { assertEquals } from "@std/assert";
import { isAtLeast } from "../../../../src/host/log_level.ts";
import { commandLine, guessedLevel } from "../../../../src/lab/experiment/result/log_level.ts";

Deno.test("the level of a line is known by what programs write", () => {
  const lines = {
    error: [
      "2026/11/30 12:00:00 [emerg] 12#12: bind() to 0.0.0.0:80 failed",
      "2026/11/30 12:00:00 [error] 12#12: *1 open()",
      `{"level":"error","ts":1.5,"msg":"serving initial configuration"}`,
      "level=ERROR msg=x",
      "[E] something",
      "dnsmasq: failed to create listening socket for port 53: Address already in use",
      "Traceback (most recent call last):",
      "unbound: fatal error: could not open ports",
      "connecting...failed.",
    ],
    warning: ["[warn] low on files", `{"level":"warn","msg":"an error may follow"}`, "WARNING: x"],
    info: [
      "",
      "[notice] start worker processes",
      `{"level":"info","msg":"error log is /dev/null"}`,
      "GET /error_log 200",
      "0 errors",
      "  2  ecn.negotiation.failed",
      "curl --show-error http://x/error-page",
      "e f w",
      "[12345] listening",
    ],
    debug: ["[debug] epoll timer", `"level": "DEBUG"`, "debug: x"],
  };
  for (const [level, all] of Object.entries(lines)) {
    for (const line of all) assertEquals(guessedLevel(line), level, line);
  }
});

Deno.test("a command line is one line, and no word in it is a level", () => {
  const line = commandLine(["sh", "-c", "echo [error]\nexit 1", "fatal"]);
  assertEquals(line, "$ sh -c echo [error]?exit 1 fatal");
  assertEquals(guessedLevel(line), "info");
});

Deno.test("levels have an order", () => {
  assertEquals([isAtLeast("warning", "error"), isAtLeast("error", "error")], [false, true]);
  assertEquals([isAtLeast("info", "debug"), isAtLeast("debug", "info")], [true, false]);
});
