import { assertEquals, assertStringIncludes } from "@std/assert";
import { Progress, progressLine } from "../../src/cli/terminal/progress.ts";
import type { RunState } from "../../src/run/measure_run.ts";
import { duration, rate } from "../../src/host/quantity.ts";
import { until } from "../until.ts";

const STATE: RunState = { done: 1000, total: 4000, seconds: 2, unobserved: 3, drops: 1234 };

Deno.test("the progress line", () => {
  assertEquals(
    progressLine(STATE),
    "1,000/4,000  500/s  3 unobserved  1,234 dropped  6.0 s left",
  );
  assertEquals(
    progressLine({ ...STATE, total: null }),
    "1,000 done  500/s  3 unobserved  1,234 dropped",
  );
});

Deno.test("the progress line at the ends, where one divides by nothing", () => {
  const start = { done: 0, total: 10, seconds: 0, unobserved: 0, drops: 0 };
  assertEquals(progressLine(start), "0/10  0.0/s  0 unobserved  0 dropped");
  assertEquals(
    progressLine({ ...STATE, done: 5000, total: 4000 }),
    "5,000/5,000  2,500/s  3 unobserved  1,234 dropped",
  );
});

Deno.test("durations never show 60 of anything", () => {
  const shown = [0, 4.24, 59.94, 59.96, 60, 119.6, 3599.4, 3599.6, 7620, 90000].map(duration);
  assertEquals(shown, [
    "0.0 s",
    "4.2 s",
    "59.9 s",
    "1 min 00 s",
    "1 min 00 s",
    "2 min 00 s",
    "59 min 59 s",
    "1 h 00 min",
    "2 h 07 min",
    "25 h 00 min",
  ]);
  assertEquals([rate(5, 0), rate(15, 10), rate(12345, 1)], ["0.0", "1.5", "12,345"]);
});

Deno.test("nothing is drawn where there is no terminal, but messages come out", async () => {
  const written: string[] = [];
  const progress = new Progress(() => "line", 0, {
    isTerminal: () => false,
    writeSync: (bytes) => written.push(new TextDecoder().decode(bytes)),
  });
  await new Promise((resolve) => setTimeout(resolve, 250));
  progress.say("hello");
  progress.stop();
  assertEquals(written, ["hello\n"]);
});

Deno.test("on a terminal the line is drawn, kept below messages, and cleared", async () => {
  const script = `
    import { Progress } from ${
    JSON.stringify(new URL("../../src/cli/terminal/progress.ts", import.meta.url).href)
  };
    let drawn = 0;
    const p = new Progress(() => {
      if (++drawn === 2) queueMicrotask(twice);
      return "1/2";
    }, 0, Deno.stderr);
    // Progress alone keeps no program running
    const running = setInterval(() => {}, 1000);
    let twice;
    await new Promise((resolve) => twice = resolve);
    clearInterval(running);
    p.say("note");
    p.stop();
  `;
  const file = await Deno.makeTempFile({ suffix: ".ts" });
  await Deno.writeTextFile(file, script);
  const command = new Deno.Command("script", {
    args: ["-qec", `${Deno.execPath()} run --no-check -A ${file}`, "/dev/null"],
    stdin: "null",
  });
  const out = new TextDecoder().decode((await command.output()).stdout);
  await Deno.remove(file);
  assertEquals(out.split("1/2").length - 1, 2);
  assertStringIncludes(out, "\r\x1b[Knote\r\n");
  assertEquals(out.endsWith("\r\x1b[K"), true);
});

Deno.test("a terminal that goes away during the run does no harm", async () => {
  let tries = 0;
  const progress = new Progress(() => "line", 0, {
    isTerminal: () => true,
    writeSync: () => {
      tries++;
      throw new Error("Input/output error (os error 5)");
    },
  });
  await until("it draws", () => tries === 1);
  progress.say("a line");
  progress.stop();
  assertEquals(tries, 3);
});
