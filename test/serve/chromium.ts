import { existsSync } from "node:fs";
import { type Browser, launch } from "puppeteer-core";

const PROGRAM = "/usr/bin/chromium";

/** Whether there is a browser here that tests can open the page in. */
export const hasChromium = existsSync(PROGRAM);

/** Starts it, without a window. */
export async function chromium(): Promise<Browser> {
  return await launch({
    executablePath: PROGRAM,
    // As root there is no sandbox; the page is our own
    args: ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"],
  });
}
