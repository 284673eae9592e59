import { assertEquals } from "@std/assert";
import { bitRate, counted, duration, scheduleText, share, time } from "../../src/page/words.ts";

Deno.test("numbers, shares, times and rates are written as people read them", () => {
  assertEquals([counted(1, "run"), counted(1_000_000, "result")], ["1 run", "1,000,000 results"]);
  // Little is not nothing, and almost all is not all
  assertEquals([share(0, 9), share(1, 1e6), share(999_999, 1e6), share(9, 9), share(1, 3)], [
    "0%",
    "<0.1%",
    ">99.9%",
    "100%",
    "33.3%",
  ]);
  assertEquals([time("2026-11-30T13:15:02.9Z"), time(null), time("?")], [
    "2026-11-30 13:15:02",
    "–",
    "–",
  ]);
  const after = (seconds: number) =>
    duration(new Date(0).toISOString(), new Date(seconds * 1000).toISOString());
  assertEquals([0, 59, 60, 3661, 7200, 90_000].map(after), [
    "0 s",
    "59 s",
    "1 min",
    "1 h 1 min",
    "2 h",
    "1 d 1 h",
  ]);
  assertEquals([0, 100, 150_000, 1.25e9].map(bitRate), [
    "0 bit/s",
    "800 bit/s",
    "1.2 Mbit/s",
    "10 Gbit/s",
  ]);
  assertEquals(
    [{}, { interval: 3600, jitter: 1 }, { cron: "0 * * * *" }].map(scheduleText),
    ["once", "every 1 h, up to 1 second later", "0 * * * *"],
  );
});
