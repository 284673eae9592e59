import { assertEquals, assertStringIncludes } from "@std/assert";
import fc from "fast-check";
import { reportJunit } from "../../../../src/lab/experiment/result/junit.ts";
import { all, rawText, readDocument } from "./element.ts";
import { hostileReport, sampleFailure, sampleReport, sampleTest } from "./sample.ts";

const LATE = sampleTest({
  id: "h2",
  test: "h2",
  state: "error",
  blame: "experiment",
  seconds: 1.5,
  problem: "The test took longer than its 300 s.",
  expectations: [],
});

Deno.test("a suite for each test, a case for each place, with counts and times", () => {
  const root = readDocument(reportJunit(sampleReport([sampleTest(), sampleFailure(), LATE])));
  assertEquals([root.name, root.attributes], ["testsuites", {
    name: "study",
    tests: "3",
    failures: "1",
    errors: "1",
    time: "12.340",
  }]);
  assertEquals(all(root, "testsuite").map(({ attributes }) => attributes), [
    {
      name: "ecn",
      tests: "2",
      failures: "1",
      errors: "0",
      time: "6.000",
      timestamp: "2026-11-30T12:00:00.000Z",
    },
    {
      name: "h2",
      tests: "1",
      failures: "0",
      errors: "1",
      time: "1.500",
      timestamp: "2026-11-30T12:00:00.000Z",
    },
  ]);
  assertEquals(all(root, "testcase").map(({ attributes }) => attributes), [
    { name: "ecn", classname: "study.ecn", time: "3.000" },
    { name: "ecn[middlebox=ecn-clear,ip=6]", classname: "study.ecn", time: "3.000" },
    { name: "h2", classname: "study.h2", time: "1.500" },
  ]);
});

Deno.test("a failure and an error say what was missed, and why", () => {
  const root = readDocument(reportJunit(sampleReport([sampleTest(), sampleFailure(), LATE])));
  const [failure, ...failures] = all(root, "failure");
  assertEquals(failures, []);
  assertEquals(failure!.attributes, {
    message: "must ecn.connectivity.works: missed 3 of 4",
    type: "path",
  });
  assertStringIncludes(
    rawText(failure!),
    "must ecn.connectivity.works: missed 3 of 4\nflow mark true: missed 1 of 4, which have false\npath: The middlebox ecn-clear",
  );
  assertStringIncludes(rawText(failure!), "\n  [emerg] `bind`");
  assertEquals(all(root, "error").map(({ attributes }) => attributes), [
    { message: "The test took longer than its 300 s.", type: "experiment" },
  ]);
});

Deno.test("properties have versions, the seed, and whether it was interrupted", () => {
  const properties = (interrupted: boolean) =>
    all(readDocument(reportJunit(sampleReport(undefined, { interrupted }))), "property")
      .map(({ attributes: { name, value } }) => [name, value]);
  const always = [
    ["version.spider", "0.1.0"],
    ["version.nginx", "nginx version: nginx/1.22.1"],
    ["seed", "7"],
  ];
  assertEquals(properties(false), always);
  assertEquals(properties(true), [...always, ["interrupted", "true"]]);
});

Deno.test("it is well-formed whatever the texts are", () => {
  fc.assert(fc.property(hostileReport, (report) => {
    const root = readDocument(reportJunit(report));
    assertEquals(all(root, "testcase").length, 3);
    assertEquals(all(root, "failure").length + all(root, "error").length, 2);
  }));
});
