import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { stripVTControlCharacters } from "node:util";
import { findingsText } from "../../src/cli/commands/doctor/findings.ts";
import { fine, type HealthFinding } from "../../src/host/health/finding.ts";

Deno.test("findings as a table: wrapped, coloured on request, and summed up", () => {
  const findings: HealthFinding[] = [
    fine("one", "all well"),
    {
      name: "another",
      level: "missing",
      found: "not there",
      advice: "install it ".repeat(9).trim(),
    },
    { name: "third", level: "warning", found: "old", advice: "" },
  ];
  const text = findingsText(findings, { width: 60, colour: false });
  assertStringIncludes(text, "ok       one      all well\n");
  assertStringIncludes(text, "missing  another  not there: install it");
  assert(text.split("\n\n")[0]!.split("\n").every((line) => line.length <= 60));
  assert(text.endsWith("\n\n1 thing to put right before this host can measure, with 1 warning.\n"));
  assertStringIncludes(
    findingsText(findings.slice(0, 1), { width: 60, colour: false }),
    "can measure.\n",
  );
  assertEquals(stripVTControlCharacters(findingsText(findings, { width: 60, colour: true })), text);
});
