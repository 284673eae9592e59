import { assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { Failure } from "../../../../src/host/failure.ts";
import { readReport } from "../../../../src/lab/experiment/result/read_report.ts";
import { sampleFailure, sampleReport, sampleTest } from "./sample.ts";

const REPORT = sampleReport([sampleTest(), sampleFailure()]);

function refused(text: string): string {
  return assertThrows(() => readReport(text, "report.json"), Failure).message;
}

Deno.test("a report is read as it was written; what later versions add is left out", () => {
  assertEquals(readReport(JSON.stringify(REPORT, null, 2), "report.json"), REPORT);
  const added = { ...REPORT, later: 1, tests: [{ ...sampleTest(), later: {} }] };
  assertEquals(readReport(JSON.stringify(added), "x"), sampleReport());
  const { traces: _, localisations: __, ...earlier } = sampleTest();
  assertEquals(
    readReport(JSON.stringify({ ...REPORT, tests: [earlier] }), "x"),
    sampleReport(),
  );
});

Deno.test("what is no report is refused with what is wrong, and what to do", () => {
  assertEquals(
    refused(JSON.stringify({ ...REPORT, tests: [{ ...sampleTest(), state: "ready", began: 1 }] })),
    "report.json is not the report of an experiment: tests.0.state must be one of completed, " +
      "failed, error; tests.0.began must be a text; give the report.json that spider experiment " +
      "run has written",
  );
  assertEquals(
    refused("{}"),
    "report.json is not the report of an experiment: name is missing; description is missing; " +
      "version is missing and 8 more; give the report.json that spider experiment run has written",
  );
  assertEquals(refused("[]").includes("it must be an object"), true);
  assertEquals(refused('{"name": "stu').startsWith("report.json is not JSON ("), true);
});

Deno.test("a report that is too long is refused before it is read", () => {
  assertEquals(
    refused(" ".repeat((64 << 20) + 1)).startsWith("report.json is longer than 67108864 "),
    true,
  );
});

Deno.test("whatever the text, it is a report or a failure without control characters", () => {
  const damaged = fc.tuple(fc.nat(), fc.nat(40), fc.string({ unit: "binary" })).map((
    [at, length, text],
  ) => {
    const whole = JSON.stringify(REPORT);
    const from = at % whole.length;
    return whole.slice(0, from) + text + whole.slice(from + length);
  });
  fc.assert(fc.property(fc.oneof(damaged, fc.json(), fc.string()), (text) => {
    try {
      readReport(text, "report.json");
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      assertEquals(/\p{C}/u.test(error.message), false);
    }
  }));
});
