import { assert, assertEquals } from "@std/assert";
import {
  firstTime,
  nextTime,
  type Schedule,
  scheduleRequest,
  withJitter,
} from "../../../src/serve/measurements/schedule.ts";

const at = (text: string) => Date.parse(text);
const NOON = at("2026-11-30T12:00:00Z");
const shown = (time: number | null) => time === null ? null : new Date(time).toISOString();
const schedule = (more: object): Schedule => scheduleRequest.parse(more);

Deno.test("an interval begins at once or at its start, and keeps to its grid", () => {
  const hourly = schedule({ interval: 3600 });
  assertEquals(firstTime(hourly, NOON), NOON);
  assertEquals(shown(nextTime(hourly, NOON, NOON + 1)), "2026-11-30T13:00:00.000Z");
  assertEquals(shown(nextTime(hourly, NOON, NOON + 3_600_000)), "2026-11-30T14:00:00.000Z");
  // Runs that were missed are left out
  assertEquals(
    shown(nextTime(hourly, NOON, at("2026-12-02T06:30:00Z"))),
    "2026-12-02T07:00:00.000Z",
  );
  const later = schedule({
    interval: 60,
    start: "2026-12-01T00:00:30Z",
    stop: "2026-12-01T00:02:00Z",
  });
  const first = firstTime(later, NOON)!;
  assertEquals(shown(first), "2026-12-01T00:00:30.000Z");
  assertEquals(shown(nextTime(later, first, first)), "2026-12-01T00:01:30.000Z");
  assertEquals(nextTime(later, first, first + 60_000), null);
});

Deno.test("cron expressions are UTC", () => {
  const daily = schedule({ cron: "30 6 * * 1-5" });
  assertEquals(shown(firstTime(daily, at("2026-11-28T12:00:00Z"))), "2026-11-30T06:30:00.000Z");
  assertEquals(
    shown(nextTime(daily, NOON, at("2026-11-30T06:30:00Z"))),
    "2026-12-01T06:30:00.000Z",
  );
  assertEquals(shown(firstTime(daily, at("2026-11-30T06:30:00Z"))), "2026-11-30T06:30:00.000Z");
});

Deno.test("without either there is one run, at once or later, unless that is too late", () => {
  assertEquals(firstTime(schedule({}), NOON), NOON);
  assertEquals(nextTime(schedule({}), NOON, NOON), null);
  assertEquals(
    shown(firstTime(schedule({ start: "2026-12-24T00:00:00Z" }), NOON)),
    "2026-12-24T00:00:00.000Z",
  );
  assertEquals(firstTime(schedule({ stop: "2026-11-30T12:00:00Z" }), NOON), null);
});

Deno.test("jitter is random, and no more than was asked for", () => {
  const times = Array.from(
    { length: 200 },
    () => withJitter(schedule({ jitter: 10 }), NOON) - NOON,
  );
  assert(times.every((time) => time >= 0 && time <= 10_000));
  assert(new Set(times).size > 100);
  assertEquals(withJitter(schedule({}), NOON), NOON);
});

Deno.test("what is no schedule is refused with the reason", () => {
  const cases: [object, RegExp][] = [
    [{ interval: 0 }, /number of seconds from 1/],
    [{ cron: "* * * * * *" }, /five fields/],
    [{ cron: "61 * * * *" }, /five fields/],
    [{ interval: 5, cron: "* * * * *" }, /not both/],
    [{ start: "tomorrow" }, /RFC 3339/],
    [{ every: 5 }, /every/],
  ];
  for (const [given, why] of cases) {
    const { success, error } = scheduleRequest.safeParse(given);
    assert(!success && why.test(error!.message), JSON.stringify(given));
  }
});
