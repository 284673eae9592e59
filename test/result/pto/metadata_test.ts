import { assertEquals, assertRejects } from "@std/assert";
import { gzipSync } from "node:zlib";
import { Failure } from "../../../src/host/failure.ts";
import { metadataOf, readMetadata, readTags } from "../../../src/result/pto/metadata.ts";
import { timeSpan } from "../../../src/result/pto/time_span.ts";

const span = (text: string | Uint8Array) =>
  timeSpan(
    ReadableStream.from([typeof text === "string" ? new TextEncoder().encode(text) : text]),
    "t",
  );
const line = (from: unknown, to: unknown) => JSON.stringify({ time: { from, to } }) + "\n";

Deno.test("the span is from the earliest beginning to the latest end, in every form of time", async () => {
  const text = line("2026-11-20T07:47:24.262Z", "2026-11-20T07:47:24.298Z") +
    line("2026-11-20T08:47:20+01:00", "2026-11-20T08:47:21+01:00") +
    line("2026-11-20 07:47:22.5", "2026-11-20 07:47:30");
  for (const input of [text, gzipSync(text)]) {
    const { from, to, lines, without } = await span(input);
    const made = metadataOf({ from, to, lines, without }, "me", "type", { vantage: "here" });
    assertEquals(made, {
      _file_type: "type",
      _owner: "me",
      _time_start: "2026-11-20T07:47:20Z",
      _time_end: "2026-11-20T07:47:30Z",
      vantage: "here",
    });
    assertEquals([lines, without.count], [3, 0]);
  }
  const exact = await span(line("2026-11-20T07:47:24.262Z", "2026-11-20T07:47:24.298Z"));
  assertEquals(metadataOf(exact, "", "", {})._time_end, "2026-11-20T07:47:24.298Z");
});

Deno.test("lines without a time are counted by number, and a file of none is refused", async () => {
  const good = line("2026-11-20T07:47:24Z", "2026-11-20T07:47:25Z");
  const bad = [
    "{}",
    "null",
    "[]",
    "{",
    '{"time":null}',
    line("soon", "later").trim(),
    line("2026-13-40T99:00:00Z", "2026-11-20T07:47:25Z").trim(),
    line(5, 6).trim(),
  ];
  const found = await span(good + bad.join("\n") + "\n\n" + good);
  assertEquals([found.lines, found.without], [2, { first: [2, 3, 4, 5, 6], count: bad.length }]);
  for (const text of ["", "\n", bad.join("\n")]) {
    await assertRejects(() => span(text), Failure, "t holds no result with a time");
  }
});

Deno.test("tags: a value may hold colons; what cannot be one says why", () => {
  assertEquals(readTags(["a:b", "url:http://x:1/", "_owner:me", "empty:"]), {
    a: "b",
    url: "http://x:1/",
    _owner: "me",
    empty: "",
  });
  assertEquals(readTags(["__proto"]), "__proto is not TAG:VALUE");
  assertEquals(readTags([":b"]), ":b is not TAG:VALUE");
  assertEquals(readTags(["a:b", "a:c"]), "a is given twice");
  assertEquals(readTags(["__data:x"]), "__data: what begins with __ is made by the server");
});

Deno.test("metadata that is read is an object, or nothing", () => {
  assertEquals(readMetadata('{"a":[1]}'), { a: [1] });
  for (const text of ["", "[]", "null", "7", "<html>"]) assertEquals(readMetadata(text), null);
});
