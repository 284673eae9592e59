import { assertEquals } from "@std/assert";
import { limitsOf, usualOf, valuesOf } from "../../src/page/options.ts";
import type { OptionSchema } from "../../src/page/records.ts";
import { bodyOf, EMPTY } from "../../src/page/request.ts";
import { checkedAs } from "../../src/serve/http/checked.ts";
import { measurementRequest } from "../../src/serve/measurements/request.ts";

const OPTIONS: Readonly<Record<string, OptionSchema>> = {
  codepoint: { type: "array", items: { type: "integer" }, default: [48] },
  name: { type: "string" },
  share: { type: "number", minimum: 0, maximum: 1 },
  strict: { type: "boolean", default: true },
};

Deno.test("what is typed becomes values of options; what is as usual is left out", () => {
  const values = (typed: Parameters<typeof valuesOf>[1]) => valuesOf(OPTIONS, typed);
  assertEquals(values({}), {});
  assertEquals(values({ codepoint: "10, 46 ", name: " 1 ", share: "0.5", strict: false }), {
    codepoint: [10, 46],
    name: "1",
    share: 0.5,
    strict: false,
  });
  // The server says what is wrong with it
  assertEquals(values({ share: "much", strict: true }), { share: "much" });
  assertEquals([usualOf(OPTIONS.codepoint!), usualOf(OPTIONS.name!)], ["48", ""]);
  assertEquals(limitsOf({ type: "integer", minimum: Number.MIN_SAFE_INTEGER, maximum: 5 }), {
    max: 5,
  });
});

Deno.test("a form becomes a request that the server takes", () => {
  const draft = { ...EMPTY, spider: "dscp", targets: " 192.0.2.1\n\n192.0.2.2\n" };
  assertEquals(bodyOf(draft, OPTIONS), { spider: "dscp", targets: ["192.0.2.1", "192.0.2.2"] });
  const full = bodyOf({
    ...draft,
    ...{ list: "abc", name: "spring", rate: "2.5", workers: "10", locate: true },
    ...{ when: "cron", jitter: "60", start: "2999-01-01T06:00", options: { codepoint: "46" } },
  }, OPTIONS);
  assertEquals(full, {
    spider: "dscp",
    targets: { list: "abc" },
    options: { codepoint: [46] },
    name: "spring",
    rate: 2.5,
    workers: 10,
    locate: true,
    schedule: { cron: "0 */6 * * *", jitter: 60, start: "2999-01-01T06:00:00Z" },
  });
  for (
    const body of [
      full,
      bodyOf({ ...draft, when: "interval" }, {}),
      bodyOf({ ...draft, start: "2999-01-01T06:00:30" }, {}),
    ]
  ) checkedAs(measurementRequest, body, "body");
});
