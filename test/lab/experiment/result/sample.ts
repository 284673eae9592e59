import fc from "fast-check";
import type {
  CellValue,
  ExperimentReport,
  LocateReport,
  TestReport,
  TraceReport,
} from "../../../../src/contract/experiment_report.ts";

/** A trace that ends at a router, behind which nothing answers. */
export const SAMPLE_TRACE: TraceReport = {
  address: "10.20.0.1",
  reached: false,
  hops: [
    { hop: 1, responders: ["10.0.0.1"], rtt: 0.1384, unreachable: false },
    { hop: 2, responders: [], rtt: null, unreachable: false },
    { hop: 3, responders: ["10.0.0.3", "10.0.1.3"], rtt: 2, unreachable: false },
    { hop: 4, responders: [], rtt: null, unreachable: false },
    { hop: 5, responders: [], rtt: null, unreachable: false },
  ],
};

/** A localisation that found where a feature is changed. */
export const SAMPLE_LOCALISATION: LocateReport = {
  feature: "dscp:46",
  address: "10.20.0.1",
  summary: ["dscp_46: dscp 46 becomes 0 between a and b.", "The target did not answer."],
};

/** The report of a test that is completed, except for what is given. */
export function sampleTest(changes: Partial<TestReport> = {}): TestReport {
  return {
    id: "ecn",
    test: "ecn",
    cell: {},
    state: "completed",
    blame: null,
    began: "2026-11-30T12:00:00.000Z",
    seconds: 3,
    states: { setting_up: 1, executing: 2 },
    targets: 4,
    conditions: { "ecn.connectivity.works": 4 },
    expectations: [{ expectation: "must ecn.connectivity.works", met: true, missed: 0, of: 4 }],
    causes: [],
    metrics: {},
    traces: [],
    localisations: [],
    wrapped: {},
    files: { folder: "001-ecn" },
    problem: null,
    ...changes,
  };
}

/** A test at a place of its matrix. */
export function sampleCell(
  cell: Readonly<Record<string, CellValue>>,
  changes: Partial<TestReport> = {},
): TestReport {
  const place = Object.entries(cell).map(([name, value]) => `${name}=${value}`).join(",");
  return sampleTest({ id: `ecn[${place}]`, cell, ...changes });
}

/** One that failed, with all that a report may say. */
export function sampleFailure(): TestReport {
  return sampleCell({ middlebox: "ecn-clear", ip: 6 }, {
    state: "failed",
    blame: "path",
    conditions: { "ecn.connectivity.works": 1, "ecn.connectivity.broken": 3 },
    expectations: [
      { expectation: "must ecn.connectivity.works", met: false, missed: 3, of: 4 },
      { expectation: "must not ecn.ipmark.ce.seen", met: true, missed: 0, of: 4 },
      { expectation: "flow mark true", met: false, missed: 1, of: 4, seen: ["false"] },
    ],
    causes: [
      {
        blame: "path",
        cause: "The middlebox ecn-clear treats the feature otherwise than is expected.",
        evidence: ["3 of 4 results: ecn.connectivity.broken", "1 of 4 results: works"],
      },
      { blame: "service", cause: "The service web did not last.", evidence: ["[emerg] `bind`"] },
    ],
    metrics: { "curl.seconds": 0.123456789 },
    traces: [SAMPLE_TRACE],
    localisations: [SAMPLE_LOCALISATION],
    wrapped: { "web strace": { calls: 1234567, slowest: "epoll_wait" } },
    files: { log: "001-ecn/services/web/a log#1.log" },
  });
}

/** The report of an experiment. */
export function sampleReport(
  tests: readonly TestReport[] = [sampleTest()],
  changes: Partial<ExperimentReport> = {},
): ExperimentReport {
  return {
    name: "study",
    description: "What becomes of ECN",
    version: "1.2",
    tags: ["ecn", "lab"],
    began: "2026-11-30T12:00:00.000Z",
    seconds: 12.34,
    seed: 7,
    versions: { spider: "0.1.0", nginx: "nginx version: nginx/1.22.1" },
    topologies: {},
    tests,
    interrupted: false,
    ...changes,
  };
}

/** Texts that try to be something else than text, and any others. */
export const hostileText: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom(
    "<script>alert(1)</script>",
    `"><img src=x onerror="alert(1)">`,
    "'&amp;&#0;&nope;]]>",
    "</style></testcase></title>",
    "<!-- <![CDATA[ <?xml",
    "\x00\x08\x0b\x1b[31m\r\n\t\x7f\x85",
    "\ud800 \udfff \ufffe \uffff \u202e",
    "a | b \\| c ``` d `e` _f_ __g__ [h](javascript:alert(1)) <http://x>",
    "http://a.b/<c> WWW.d.e, f@g.h ftp://i.j",
    "# h\n- i\n1. j",
    "```",
    "~~~~ ````` x",
    "- - -",
    "===",
    "+ k",
    "2) l",
    "__proto__",
    "",
  ),
  fc.string({ unit: "binary" }),
  fc.string(),
);

/** A report in which each text is hostile. */
export const hostileReport: fc.Arbitrary<ExperimentReport> = fc.infiniteStream(hostileText)
  .map((texts) => {
    const text = () => texts.next().value;
    const test = (state: TestReport["state"]) =>
      sampleTest({
        id: text(),
        test: text(),
        cell: { [text()]: text(), middlebox: text() },
        state,
        blame: state === "completed" ? null : "path",
        began: text(),
        conditions: { [text()]: 1 },
        expectations: [{ expectation: text(), met: false, missed: 1, of: 1 }],
        causes: [{ blame: "path", cause: text(), evidence: [text(), text()] }],
        metrics: { [text()]: 1 },
        traces: [{
          address: text(),
          reached: false,
          hops: [{ hop: 1, responders: [text(), text()], rtt: 1, unreachable: true }],
        }],
        localisations: [{
          feature: text(),
          address: text(),
          summary: [text()],
        }],
        wrapped: { [text()]: { [text()]: text() } },
        files: { [text()]: text() },
        problem: text(),
      });
    return sampleReport([test("completed"), test("failed"), test("error")], {
      name: text(),
      description: text(),
      version: text(),
      tags: [text()],
      began: text(),
      versions: { [text()]: text() },
      topologies: { [text()]: text() },
    });
  });
