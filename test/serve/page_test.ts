/** The page of a server in a real browser, with a lab behind the server. */
import { assert, assertEquals, assertMatch } from "@std/assert";
import axe from "axe-core";
import type { Browser, Page } from "puppeteer-core";
import { Database } from "../../src/serve/database/database.ts";
import { ResultStore } from "../../src/serve/measurements/result_store.ts";
import { MeasurementStore } from "../../src/serve/measurements/store.ts";
import { Folder } from "../data/temporary.ts";
import { StateDirectory } from "../host/state_directory.ts";
import { isRoot } from "../lab/root.ts";
import { TargetLab } from "../lab/target_lab.ts";
import { until } from "../until.ts";
import { chromium, hasChromium } from "./chromium.ts";
import { Receiver } from "./deliveries/receiver.ts";
import { serverIn } from "./lab_server.ts";
import type { RunningServer } from "./running_server.ts";

const missing = !isRoot ? "root" : hasChromium ? null : "Chromium (package chromium)";

/** Widths of a desk and of a phone. */
const WIDE = { width: 1280, height: 900 };
const NARROW = { width: 390, height: 844 };

Deno.test({
  name:
    "in a browser someone logs in, measures ECN, sees a middlebox's prefix, and takes the results" +
    (missing === null ? "" : ` (skipped: needs ${missing})`),
  ignore: missing !== null,
  fn: async () => {
    await using lab = await TargetLab.open({ boxes: ["ecn-drop-syn"] });
    using folder = new Folder();
    using _state = new StateDirectory();
    await using receiver = new Receiver();
    await using running = serverIn(lab, {
      deliveries: { webhooks: [receiver.origin] },
    });
    const key = running.key({ scopes: ["admin"] });
    const targets = [
      ...lab.addresses("transparent", 4, 20),
      ...lab.addresses("ecn-drop-syn", 4, 10),
    ];
    const prefix = `${targets.at(-1)!.replace(/\.\d+$/, "")}.0/24`;
    const browser = await chromium();
    try {
      const page = await browser.newPage();
      const faults: string[] = [];
      page.on("pageerror", (error) => faults.push(String(error)));
      page.on("console", (message) => {
        // Who is not logged in is told so, which the browser tells too
        if (message.type() === "error" && !message.text().includes("status of 401")) {
          faults.push(message.text());
        }
      });
      await page.setViewport(WIDE);
      await page.goto(running.url);

      await page.waitForSelector("#key");
      await checkLooks(page, "log-in", folder);
      await page.type("#key", "spider_nonsense");
      await page.keyboard.press("Enter");
      await page.waitForSelector("[role=alert]");
      await page.$eval("#key", (field) => field.value = "");
      await page.type("#key", key);
      await page.keyboard.press("Enter");
      await page.waitForSelector("text/Nothing was measured from here yet.");
      assertEquals(await page.evaluate("document.cookie"), "", "a script sees the session");

      await page.locator("text/New measurement").click();
      await page.waitForSelector("#targets");
      await checkLooks(page, "form", folder);
      await page.locator("#targets").fill(targets.join("\n"));
      await page.locator("summary").click();
      await page.type("#name", "spring");
      await page.locator("form button.main").click();

      await page.waitForSelector("text/spring");
      await page.waitForSelector("[role=progressbar]");
      await page.waitForSelector("h1 .badge.good", { timeout: 60_000 });
      assertEquals(await textOf(page, "h1 .badge"), "completed");
      await page.waitForFunction("document.querySelector('.results').ariaRowCount === '31'");
      await checkLooks(page, "results", folder);
      await page.click(".bar.bad");
      await page.waitForFunction("document.querySelector('.results').ariaRowCount === '11'");
      await page.click(".sort");
      await page.waitForFunction(
        `document.querySelector(".results .row .link")?.textContent === "${targets[20]}"`,
      );

      await download(browser, page, folder, running.url);
      await page.focus(".results .body");
      await page.keyboard.press("ArrowDown");
      await page.keyboard.press("Enter");
      await page.waitForSelector("dialog[open] pre");
      assertMatch(await textOf(page, "dialog[open] pre"), /ecn\.connectivity\.broken/);
      await page.keyboard.press("Escape");

      await page.locator(".tabs a:nth-of-type(1)::-p-text(Networks)").click();
      await page.waitForSelector("tr.out");
      const out = await page.$$eval("tr.out", (rows) => rows.map((row) => row.textContent));
      assertEquals(out.length, 1, out.join());
      assertMatch(
        out[0]!.replaceAll(/\s+/g, " "),
        new RegExp(`${prefix}.*10.*10.*100%.*stands out`),
      );
      await checkLooks(page, "networks", folder);

      const { hourly, localised } = withResults(running.database);
      await go(page, `${running.url}/#/measurements/${hourly}/runs`);
      await page.waitForSelector(".chart canvas");
      const [change] = await page.$$eval(
        "[aria-label=Changes] tbody tr",
        (rows) => rows.map((row) => row.textContent.replaceAll(/\s+/g, " ")),
      );
      assertMatch(change!, /^ ?3 ?2026-11-30 03:00:00 ?ecn\.connectivity\.broken ?5% ?85%/);
      await checkLooks(page, "runs", folder);
      await go(page, `${running.url}/#/measurements/${localised}/paths`);
      await page.waitForSelector("svg.path");
      assertMatch(
        await page.$eval("svg.path", (path) => path.ariaLabel ?? ""),
        /hop 2, silent; .*dscp\.46 is changed between hops 1 and 3/,
      );
      await checkLooks(page, "paths", folder);

      await seeDeliveries({ page, running, receiver, key, target: targets[0]! });
      await checkLooks(page, "deliveries", folder);

      await go(page, `${running.url}/#/host`);
      await page.waitForSelector(".card .chart canvas");
      await checkLooks(page, "host", folder);
      await go(page, `${running.url}/#/plugins`);
      await press(page, "[aria-label='reload netinfo']");
      await page.waitForSelector("text/netinfo: reload is done.");
      await checkLooks(page, "plugins", folder);
      await go(page, `${running.url}/#/keys`);
      await page.locator("#key-name").fill("guest");
      await page.locator("form button.main").click();
      await page.waitForSelector("[aria-label='The new key'] .secret");
      await checkLooks(page, "keys", folder);
      const guest = await textOf(page, ".secret");
      assertEquals((await running.ask("/status", { key: guest })).status, 200);
      await press(page, "[aria-label='Revoke the key of guest']");
      await press(page, "dialog[open] .danger");
      await page.waitForSelector("tr.gone");
      assertEquals((await running.ask("/status", { key: guest })).status, 401);
      await page.locator("text/Log out").click();
      await page.waitForSelector("#key");
      assertEquals(faults, []);
    } finally {
      await browser.close();
    }
  },
});

/** Has a measurement whose end is told to three, of which one takes it, and one when it is tried again. */
async function seeDeliveries({ page, running, receiver, key, target }: {
  readonly page: Page;
  readonly running: RunningServer;
  readonly receiver: Receiver;
  readonly key: string;
  readonly target: string;
}): Promise<void> {
  const statuses: Record<string, number> = { "/taken": 204, "/busy": 503, "/gone": 410 };
  receiver.answer = () => new Response(null, { status: statuses[receiver.got.at(-1)!.path]! });
  const deliver = Object.keys(statuses).map((path) => ({ webhook: `${receiver.origin}${path}` }));
  const { text } = await running.ask("/measurements", {
    ...{ method: "POST", key, json: { spider: "mss", targets: [target], deliver } },
  });
  await go(page, `${running.url}/#/measurements/${JSON.parse(text).id}/deliveries`);
  const states = async () =>
    await page.$$eval("[aria-label=Deliveries] tbody tr", (rows) =>
      rows.map((row) => {
        const [state, to, run, , , why] = [...row.children].map((cell) => cell.textContent.trim());
        return [new URL(to!).pathname, run, state, why].join(" ");
      }).sort());
  const host = new URL(receiver.origin).host;
  const seen = async (gone: string) =>
    await until(`${gone} is seen`, async () => {
      const expected = [
        `/busy 1 tried again later ${host} answers 503`,
        `/gone 1 ${gone}`,
        "/taken 1 delivered answered with 204",
      ];
      return (await states()).join("\n") === expected.join("\n");
    });
  await seen(`given up ${host} answers 410`);
  statuses["/gone"] = 200;
  await press(page, "[aria-label='Try again: delivery 3']");
  await page.waitForSelector("text/Delivery 3 is tried again.");
  await seen("delivered answered with 200");
}

/** Makes a measurement of three runs, of which the last is another one, and one with a path. */
function withResults(path: string): { readonly hourly: string; readonly localised: string } {
  using database = Database.open(path);
  const [store, kept] = [new MeasurementStore(database), new ResultStore(database)];
  const add = (request: object) =>
    store.add(
      null,
      { options: {}, locate: false, ...request } as unknown as Parameters<typeof store.add>[1],
      ["{}"],
      // Long after this
      Date.UTC(2999, 0),
      Date.now(),
    );
  const hourly = add({ spider: "ecn", schedule: { interval: 3600, jitter: 0 } });
  for (const [run, broken] of [[1, 5], [2, 5], [3, 85]] as const) {
    kept.addResults(
      { ...hourly, run, batch: run },
      Array.from({ length: 100 }, (_, at) => ({
        dip: `192.0.2.${at}`,
        time: { from: new Date(Date.UTC(2026, 10, 30, run)).toISOString() },
        conditions: [`ecn.connectivity.${at < broken ? "broken" : "works"}`],
      })),
    );
  }
  const localised = add({ spider: "dscp", locate: true });
  kept.addResults(localised, [{
    dip: "192.0.2.1",
    conditions: ["dscp.46.changed_at:1-3"],
    hops: [["10.0.0.1"], [], ["192.0.2.1"]].map((responders, at) => ({ hop: at + 1, responders })),
  }]);
  return { hourly: hourly.id, localised: localised.id };
}

/** Goes to another view, and waits until that has taken the focus, which a key pressed before would miss. */
async function go(page: Page, url: string): Promise<void> {
  await page.evaluate("document.activeElement.blur()");
  await page.goto(url);
  await page.waitForFunction("document.activeElement.localName === 'main'");
}

/** Presses a button by the keyboard, as soon as it is there. */
async function press(page: Page, selector: string): Promise<void> {
  await page.waitForSelector(selector);
  await page.focus(selector);
  await page.keyboard.press("Enter");
}

async function textOf(page: Page, selector: string): Promise<string> {
  return await page.$eval(selector, (element) => element.textContent ?? "");
}

/** Follows the link to results as lines of JSON; they are those of the table. */
async function download(browser: Browser, page: Page, folder: Folder, url: string): Promise<void> {
  const session = await browser.target().createCDPSession();
  const ended = Promise.withResolvers<string>();
  session.on("Browser.downloadProgress", ({ state, guid }) => {
    if (state !== "inProgress") ended.resolve(`${state} ${guid}`);
  });
  await session.send("Browser.setDownloadBehavior", {
    behavior: "allowAndName",
    downloadPath: folder.path,
    eventsEnabled: true,
  });
  await page.locator(".downloads a").click();
  const [state, name = ""] = (await ended.promise).split(" ");
  assertEquals(state, "completed", url);
  let lines: string[] = [];
  await until("the download is there", () => {
    lines = folder.text(name).trimEnd().split("\n");
    return lines.length === 10;
  });
  for (const line of lines) assert(JSON.parse(line).conditions.includes("ecn.connectivity.broken"));
}

/**
 * What is to be seen fits on a desk's and a phone's screen, and nothing serious keeps anybody from it, in
 * light and in dark.
 */
async function checkLooks(page: Page, name: string, folder: Folder): Promise<void> {
  for (const [viewport, theme] of [[NARROW, "dark"], [WIDE, "light"]] as const) {
    await page.setViewport(viewport);
    await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: theme }]);
    const { width } = viewport;
    const picture = await page.screenshot();

    Deno.writeFileSync(folder.at(`${name}-${width}.png`), picture);
    // Its width stands behind its first 16 octets
    assertEquals(new DataView(picture.buffer, picture.byteOffset).getUint32(16), width, name);
    const sideways = await page.evaluate("document.documentElement.scrollWidth");
    assertEquals(sideways, width, `${name} is wider than ${width}`);
    await page.evaluate(axe.source);
    const found = await page.evaluate(`axe.run(document, {
      resultTypes: ["violations"],
      runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    })`) as axe.AxeResults;
    const serious = found.violations.filter(({ impact }) =>
      impact === "serious" || impact === "critical"
    );
    assertEquals(
      serious.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" ")}`),
      [],
      `${name}, ${width}, ${theme}`,
    );
  }
}
