import { assertEquals } from "@std/assert";
import { attempt } from "../../src/host/run.ts";

Deno.test("a program that does not read its input is told as one that failed, never as a fault", () => {
  // So much that it does not fit a pipe, so that writing it surely meets a closed one
  const { ok, stdout, stderr } = attempt("sh", ["-c", "exit 3"], "x".repeat(1 << 20));
  assertEquals([ok, stdout, stderr], [false, "", "sh ended before it had read its input"]);
  assertEquals(attempt("cat", [], "whole").stdout, "whole");
});
