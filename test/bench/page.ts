import type { Page } from "puppeteer-core";
import { Database } from "../../src/serve/database/database.ts";
import { ResultStore } from "../../src/serve/measurements/result_store.ts";
import { MeasurementStore } from "../../src/serve/measurements/store.ts";
import { Folder } from "../data/temporary.ts";
import { chromium, hasChromium } from "../serve/chromium.ts";
import { RunningServer } from "../serve/running_server.ts";
import { asked, type FigureRow, grouped, median } from "./row.ts";
import { size } from "./size.ts";

const RESULTS = size(1_000_000, 20_000);
const ROUNDS = size(5, 1);
/** Results that are kept in one transaction. */
const AT_ONCE = 5000;
/** The required times of opening a page with nothing on it. */
const TIMES = 10;

/** A page with many results, beside one with none. */
export async function pageRow(): Promise<FigureRow> {
  const work = `page: a measurement of ${grouped(RESULTS)} results opened in Chromium, until its ` +
    "conditions and first rows are drawn; its last row; all sorted by address";
  const bound = `${TIMES} times the page of a server with no measurement`;
  if (!hasChromium) {
    return { work, ours: "not measured", peers: ["no Chromium here"], bound, reached: null };
  }
  using folder = new Folder();
  const id = withResults(folder.at("serve.db"));
  await using running = new RunningServer({}, {}, folder);
  await using empty = new RunningServer();
  await using browser = await chromium();
  const rounds: Record<"open" | "last" | "sorted" | "nothing", number>[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    await using context = await browser.createBrowserContext();
    const page = await context.newPage();
    const nothing = await seconds(async () => {
      await page.goto(empty.url);
      await page.waitForSelector(".nothing");
    });
    const open = await seconds(async () => {
      await page.goto(`${running.url}/#/measurements/${id}`);
      await page.waitForSelector(".bar");
      await page.waitForSelector(".results .row .link");
    });
    const last = await seconds(async () => {
      await page.focus(".results .body");
      await page.keyboard.press("End");
      await rowIs(page, RESULTS);
    });
    const sorted = await seconds(async () => {
      await page.click(".sort");
      await page.waitForSelector("[aria-sort=ascending]::-p-text(Target)");
      await rowIs(page, 1);
    });
    rounds.push({ open, last, sorted, nothing });
  }
  const of = (what: keyof typeof rounds[number]) => median(rounds.map((round) => round[what]));
  const times = median(rounds.map(({ open, nothing }) => open / nothing));
  return {
    work,
    ours: `${of("open").toFixed(2)} s, ${times.toFixed(1)} times; last row ${
      of("last").toFixed(2)
    } s, sorted ${of("sorted").toFixed(2)} s`,
    peers: [`the page with no measurement: ${of("nothing").toFixed(2)} s`],
    bound: `${bound} (${asked("2 s", of("open") <= 2)})`,
    reached: times <= TIMES,
  };
}

async function seconds(work: () => Promise<void>): Promise<number> {
  const began = performance.now();
  await work();
  return (performance.now() - began) / 1000;
}

/** Waits until a row, by its number from 1, is drawn with its result. */
async function rowIs(page: Page, number: number): Promise<void> {
  // The header is row 1
  await page.waitForSelector(`.results .row[aria-rowindex="${number + 1}"] .link`);
}

/** Makes a measurement with results of addresses all over; its id. */
function withResults(path: string): string {
  using database = Database.open(path);
  const [store, kept] = [new MeasurementStore(database), new ResultStore(database)];
  const measurement = store.add(
    null,
    { spider: "ecn", options: {}, targets: [] } as unknown as Parameters<
      MeasurementStore["add"]
    >[1],
    ["{}"],
    // Long after this
    Date.UTC(2999, 0),
    Date.now(),
  );
  for (let from = 0; from < RESULTS; from += AT_ONCE) {
    kept.addResults(measurement, Array.from({ length: AT_ONCE }, (_, at) => resultOf(from + at)));
  }
  return measurement.id;
}

function resultOf(at: number) {
  // Knuth's multiplicative hash: no address twice, and none beside the one before it
  const number = Math.imul(at, 2_654_435_761) >>> 0;
  const dip = [24, 16, 8, 0].map((bits) => number >>> bits & 255).join(".");
  const from = new Date(Date.UTC(2026, 10, 30) + at).toISOString();
  const conditions = at % 97 === 0 ? ["ecn.connectivity.broken"] : [
    ...["ecn.connectivity.works", `ecn.negotiation.${at % 5 === 0 ? "failed" : "succeeded"}`],
    ...["ecn.ipmark.ect0.seen", "ecn.ipmark.ect1.not_seen", "ecn.ipmark.ce.not_seen"],
  ];
  return {
    dip,
    dp: 80,
    sip: "192.0.2.1",
    path: ["192.0.2.1", "*", dip],
    time: { from },
    conditions,
  };
}
