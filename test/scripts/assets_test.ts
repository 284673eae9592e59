import { assertEquals } from "@std/assert";
import { assetsOf, moved } from "../../scripts/compile/assets.ts";

const SOURCE = `
const MODULE = new URL("../../wasm/build/spider.wasm", import.meta.url);
const PAGE = new URL(
  "./page.html",
  import.meta.url,
);
const ELSEWHERE = new URL("https://example.org/", base);
const here = import.meta.url;
`;

Deno.test("what a source opens when it runs is found, and named from the bundle's folder", () => {
  const path = "src/host/wasm.ts";
  assertEquals(assetsOf(path, SOURCE), ["wasm/build/spider.wasm", "src/host/page.html"]);
  const rewritten = moved(path, SOURCE, (asset) => asset.replace("page", "leaf"));
  assertEquals(
    rewritten,
    `
const MODULE = new URL("./wasm/build/spider.wasm", import.meta.url);
const PAGE = new URL("./src/host/leaf.html", import.meta.url);
const ELSEWHERE = new URL("https://example.org/", base);
const here = import.meta.url;
`,
  );
});
