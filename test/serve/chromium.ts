import { existsSync } from "node:fs";
import { type Browser, launch } from "puppeteer-core";

export const CHROMIUM = "/usr/bin/chromium";
/** As root there is no sandbox; the page is our own. */
export const CHROMIUM_ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"];

/** Whether there is a browser here that tests can open the page in. */
export const hasChromium = existsSync(CHROMIUM);

/** Starts it, without a window. */
export async function chromium(): Promise<Browser> {
  return await launch({ executablePath: CHROMIUM, args: CHROMIUM_ARGUMENTS });
}
