import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import fc from "fast-check";
import { reportHtml } from "../../../../src/lab/experiment/result/html.ts";
import { relativeAddress } from "../../../../src/lab/experiment/result/html_parts.ts";
import { STYLE } from "../../../../src/lab/experiment/result/html_style.ts";
import { TEST_STATES } from "../../../../src/contract/experiment_event.ts";
import { all, type Element, rawText, readDocument, textOf } from "./element.ts";
import { hostileReport, sampleCell, sampleFailure, sampleReport, sampleTest } from "./sample.ts";

const FOLDER = "file:///results/study/";

function page(...given: Parameters<typeof sampleReport>): Element {
  return readDocument(reportHtml(sampleReport(...given)));
}

/** The texts of the cells of a table, by rows. */
function cellsOf(table: Element): string[][] {
  return all(table, "tr").map(({ children }) =>
    children.filter((child) => typeof child !== "string").map(textOf)
  );
}

function tableOf(page: Element, label: string): Element {
  return [...all(page, "div"), ...all(page, "table")].find(({ attributes }) =>
    attributes["aria-label"] === label
  )!;
}

Deno.test("verdicts are a matrix with words, and each leads to its details", () => {
  const found = page([
    sampleCell({ middlebox: "ecn-clear", ip: 4 }),
    sampleFailure(),
    sampleCell({ middlebox: "drop", ip: 4 }, { state: "error", blame: "service" }),
  ]);
  const matrix = tableOf(found, "Verdicts of ecn");
  assertEquals(cellsOf(matrix), [
    ["middlebox", "ip=4", "ip=6"],
    ["ecn-clear", "✓ completed", "✗ failed"],
    ["drop", "! error", "left out"],
  ]);
  assertEquals(all(matrix, "th").map(({ attributes }) => attributes.scope), [
    ...["col", "col", "col"],
    ...["row", "row"],
  ]);
  const ids = all(found, "div").map(({ attributes }) => attributes.id);
  for (const { attributes } of all(matrix, "a")) assert(ids.includes(attributes.href!.slice(1)));
  assertEquals(all(found, "details").map(({ attributes }) => "open" in attributes), [
    ...[false, true, true],
  ]);
});

Deno.test("the page takes nothing from elsewhere, runs nothing, and knows light, dark and phones", () => {
  const found = page([sampleFailure()]);
  const metas = all(found, "meta").map(({ attributes }) => attributes);
  assertEquals(
    metas.find((meta) => meta["http-equiv"] === "Content-Security-Policy")?.content,
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:",
  );
  assertStringIncludes(metas.find(({ name }) => name === "viewport")!.content!, "device-width");
  assertEquals([...all(found, "script"), ...all(found, "link")], []);
  assertStringIncludes(STYLE, "prefers-color-scheme: dark");
  assert(!/url\(|@import/.test(STYLE));
});

Deno.test("details have expectations, causes, conditions, metrics, wrappers and files", () => {
  const found = page([sampleFailure()]);
  const id = "ecn[middlebox=ecn-clear,ip=6]";
  assertEquals(cellsOf(tableOf(found, `Expectations of ${id}`)).slice(1), [
    ["must ecn.connectivity.works", "missed 3 of 4"],
    ["must not ecn.ipmark.ce.seen", "met"],
    ["flow mark true", "missed 1 of 4, which have false"],
  ]);
  assertEquals(cellsOf(tableOf(found, `Conditions of ${id}`)).slice(1), [
    ["ecn.connectivity.works", "1", "4"],
    ["ecn.connectivity.broken", "3", "4"],
  ]);
  assertEquals(cellsOf(tableOf(found, `Metrics of ${id}`)).slice(1), [[
    "curl.seconds",
    "0.123457",
  ]]);
  assertEquals(cellsOf(tableOf(found, `Summary of web strace in ${id}`)).slice(1), [
    ["calls", "1234567"],
    ["slowest", "epoll_wait"],
  ]);
  assertEquals(all(found, "pre").map(rawText), [
    "3 of 4 results: ecn.connectivity.broken\n1 of 4 results: works",
    "[emerg] `bind`",
  ]);
  const link = all(found, "a").find((one) => textOf(one).endsWith(".log"))!;
  assertEquals(link.attributes.href, "./001-ecn/services/web/a%20log%231.log");
});

Deno.test("details have what traces and localisations found, and how many results there were", () => {
  const found = page([sampleFailure(), sampleTest({ targets: 1 })]);
  assertEquals(all(found, "li").map(textOf).filter((text) => text.includes(" to 10.20.0.1")), [
    "trace to 10.20.0.1: 1 10.0.0.1 0.138 ms, 2 *, 3 10.0.0.3 and 10.0.1.3 2.000 ms, 4-5 *; it " +
    "did not answer",
    "locate dscp:46 to 10.20.0.1: dscp_46: dscp 46 becomes 0 between a and b. The target did not " +
    "answer.",
  ]);
  const took = all(found, "p").map(textOf).filter((text) => text.startsWith("Began"));
  assertEquals(took.map((text) => text.split(", ").at(-1)), ["4 results", "1 result"]);
});

Deno.test("bars are as long as the states, the slowest test first", () => {
  const found = page([
    sampleTest({ id: "quick", states: { executing: 1 } }),
    sampleTest({ id: "slow", states: { setting_up: 1, executing: 3 } }),
  ]);
  const bars = all(found, "svg").filter(({ attributes }) => attributes.class === "bar");
  const drawn = bars.map((bar) =>
    all(bar, "rect").map(({ attributes: { class: name, x, width } }) => [
      ...[name, Number(x), Number(width)],
    ])
  );
  assertEquals(drawn, [[["setting_up", 0, 25], ["executing", 25, 75]], [["executing", 0, 25]]]);
  assertStringIncludes(textOf(found), "slow: 4.0 s setting up 1.0 s, executing 3.0 s");
  for (const state of TEST_STATES.slice(0, -3)) assertStringIncludes(STYLE, `.${state} { fill`);
});

Deno.test("drawings are images, so that their style and what they say stays theirs", () => {
  const svg = `<svg xmlns="http://www.w3.org/2000/svg"><text>a 'b' & "ü" # % \ud800</text></svg>`;
  const [image] = all(page(undefined, { topologies: { ecn: svg } }), "img");
  assertEquals(image!.attributes.alt, "The topology of ecn");
  const [, data] = /^data:image\/svg\+xml,(.*)$/.exec(image!.attributes.src!)!;
  assertEquals(decodeURIComponent(data!), svg.toWellFormed());
});

Deno.test("hostile texts leave the page well-formed, with the elements it has anyway", () => {
  fc.assert(fc.property(hostileReport, (report) => {
    const html = reportHtml(report);
    const found = readDocument(html);
    assertEquals(all(found, "details").length, 3);
    assertEquals([...all(found, "script"), ...all(found, "style").slice(1)], []);
    assertEquals(all(found, "img").length, Object.keys(report.topologies).length);
    for (const { attributes } of all(found, "a")) {
      assert(new URL(attributes.href!, `${FOLDER}report.html`).href.startsWith(FOLDER));
    }
  }));
});

Deno.test("the address of a file never leads out of the folder", () => {
  assertEquals(relativeAddress("001-ecn/links/a b?c#d%2e"), "./001-ecn/links/a%20b%3Fc%23d%252e");
  assertEquals(relativeAddress("/etc/passwd"), null);
  assertEquals(relativeAddress("a/../../b"), null);
  for (const path of ["javascript:alert(1)", "https:x", "a\\..\\b", "%2e%2e/b", "\\\\host\\x"]) {
    const address = new URL(relativeAddress(path)!, `${FOLDER}report.html`).href;
    assert(address.startsWith(FOLDER), address);
  }
});
