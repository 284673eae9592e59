import { assertEquals, assertThrows } from "@std/assert";
import { Failure } from "../../src/host/failure.ts";
import { attempt } from "../../src/host/run.ts";

Deno.test("a program that does not read its input is reported as one that failed, never as a fault", () => {
  // More than fits a pipe, so that writing it surely hits a closed one
  const { ok, stdout, stderr } = attempt("sh", ["-c", "exit 3"], "x".repeat(1 << 20));
  assertEquals([ok, stdout, stderr], [false, "", ""]);
  assertEquals(attempt("cat", [], "whole").stdout, "whole");
});

Deno.test("a program that is not there is reported, with what to install, also when it has input", () => {
  for (const input of ["", "x".repeat(1 << 20)]) {
    assertThrows(() => attempt("no-such", [], input), Failure, "no-such is not installed");
  }
});
