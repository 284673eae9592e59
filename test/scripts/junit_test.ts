import { assertEquals } from "@std/assert";
import { readJunit } from "../../scripts/test/junit.ts";

const REPORT = `<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="deno test" tests="4" failures="1" errors="0" time="0.5">
  <testsuite name="./test/a_test.ts" tests="4" disabled="1" errors="0" failures="1">
    <testcase name="one" classname="./test/a_test.ts" time="0.250" line="1" col="6">
    </testcase>
    <testcase name="&quot;a &lt; b&quot; &amp; c" classname="./test/a_test.ts" time="0.125"/>
    <testcase name="broken" classname="./test/a_test.ts" time="0.001">
      <failure message="Uncaught AssertionError">AssertionError: &lt;skipped&gt;</failure>
    </testcase>
    <testcase name="left out" classname="./test/a_test.ts" time="0.000">
      <skipped/>
    </testcase>
  </testsuite>
</testsuites>
`;

Deno.test("each test of a report is read, with its time and outcome", () => {
  const file = "./test/a_test.ts";
  assertEquals(readJunit(REPORT), [
    { name: "one", file, seconds: 0.25, outcome: "passed" },
    { name: '"a < b" & c', file, seconds: 0.125, outcome: "passed" },
    { name: "broken", file, seconds: 0.001, outcome: "failed" },
    { name: "left out", file, seconds: 0, outcome: "skipped" },
  ]);
  assertEquals(readJunit(""), []);
});
