import { assertEquals, assertMatch } from "@std/assert";
import { namedMiddlebox } from "../../../src/lab/box/named.ts";
import { isProgram } from "../../../src/lab/box/queues.ts";
import { seeded } from "../../../src/lab/box/random.ts";
import { bundledNames, loadBundled } from "../../../src/plugin/bundled.ts";

Deno.test("middleboxes are found by name, with a value that is checked", async () => {
  const values: Record<string, unknown> = {
    "mss-clamp:536": 536,
    "mss-clamp": 1400,
    "loss:2%": 0.02,
    "delay:1.5s": 1500,
    "l4s-queue:10mbit": 10_000_000,
    "dscp-remap:46>10": "46>10",
    "ecn-clear": 0,
  };
  for (const [written, value] of Object.entries(values)) {
    const found = await namedMiddlebox(written);
    assertEquals(typeof found === "string" ? found : found.value, value, written);
  }
});

Deno.test("a middlebox that is not there, or has another value, gets a sentence", async () => {
  const problems: Record<string, RegExp> = {
    "ecn-claer": /^unknown middlebox ecn-claer; did you mean ecn-clear\?$/,
    "ecn-clear:5": /^ecn-clear takes no value, and there is "5"$/,
    "mss-clamp:9": /^mss-clamp wants a whole number from 64 to 65535 behind a colon: octets$/,
    "loss": /^loss wants a probability, such as 2% behind a colon: the share of packets$/,
    "loss:101%": /^loss wants/,
    "dscp-remap:64>1": /^dscp-remap wants a text/,
    "constructor": /^unknown middlebox constructor/,
  };
  for (const [written, problem] of Object.entries(problems)) {
    assertMatch(String(await namedMiddlebox(written)), problem);
  }
});

Deno.test("every middlebox is called as its file is, and does something", async () => {
  for (const name of bundledNames("middlebox")) {
    const box = (await loadBundled("middlebox", name))!;
    assertEquals(box.name, name);
    const acts = [box.rules, box.chains].filter((act) => act !== undefined);
    // Beside rules a program says the same where there is no kernel
    assertEquals(acts.length, isProgram(box) ? 0 : 1, name);
  }
});

Deno.test("random numbers come again with the seed, and differ between streams", () => {
  const take = (seed: number, stream: number) => {
    const random = seeded(seed, stream);
    return Array.from({ length: 5000 }, () => random());
  };
  assertEquals(take(1, 0), take(1, 0));
  const mean = take(7, 1).reduce((sum, one) => sum + one, 0) / 5000;
  assertEquals(Math.abs(mean - 0.5) < 0.02, true, String(mean));
  assertEquals(new Set([...take(1, 0), ...take(1, 1), ...take(2, 0)]).size, 15_000);
});
