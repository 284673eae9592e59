/** Makes the page of `spider serve` of its sources: one script, one style sheet. */
import denoJson from "../../deno.json" with { type: "json" };
import plotStyle from "uplot/dist/uPlot.min.css" with { type: "text" };
import { filesBelow, hashOf, isBuilt } from "./stamp.ts";

const SOURCES = new URL("../../src/page/", import.meta.url);
const OUTPUT = new URL("build/", SOURCES);
const STAMP = new URL("page.sources", OUTPUT);
const SCRIPT = new URL("page.js", OUTPUT);
const STYLE = new URL("page.css", OUTPUT);
/** Files that are taken as they are. */
const COPIED = ["index.html", "icon.svg"] as const;
/** The libraries that are in the script. */
const LIBRARIES = ["preact", "htm", "uplot"] as const;

/** Builds the page when its sources are not those it was built from. */
export async function buildPage(): Promise<void> {
  const sources = (await filesBelow(SOURCES, [".ts", ".css", ".html", ".svg"]))
    .filter(({ href }) => !href.startsWith(OUTPUT.href));
  const versions = LIBRARIES.map((name) => denoJson.imports[name]);
  const wanted = await hashOf(SOURCES, sources, [Deno.version.deno, ...versions]);
  const copies = COPIED.map((name) => new URL(name, OUTPUT));
  if (await isBuilt(STAMP, wanted, [SCRIPT, STYLE, ...copies])) return;
  await Deno.mkdir(OUTPUT, { recursive: true });
  // An interrupted build counts as none
  await Deno.writeTextFile(STAMP, "");
  const line = ["bundle", "--quiet", "--no-remote", "--platform", "browser", "--minify"];
  const { success } = await new Deno.Command(Deno.execPath(), {
    args: [...line, "--output", SCRIPT.pathname, new URL("main.ts", SOURCES).pathname],
    stdin: "null",
    stdout: "null",
    stderr: "inherit",
  }).output();
  if (!success) throw new Error("the page cannot be bundled; see above");
  const styles = sources.filter(({ href }) => href.endsWith(".css"));
  const texts = await Promise.all(styles.map((file) => Deno.readTextFile(file)));
  await Deno.writeTextFile(STYLE, [plotStyle, ...texts].join("\n"));
  for (const name of COPIED) await Deno.copyFile(new URL(name, SOURCES), new URL(name, OUTPUT));
  await Deno.writeTextFile(STAMP, wanted);
  console.error("built src/page/build");
}
