import { assert, assertEquals, assertRejects } from "@std/assert";
import fc from "fast-check";
import { isIP } from "node:net";
import { gzipSync } from "node:zlib";
import { Failure } from "../../src/host/failure.ts";
import { addressProblem } from "../../src/target/address.ts";
import { openInput } from "../../src/target/input.ts";
import { MAX_LINE } from "../../src/target/lines.ts";
import { Position } from "../../src/target/position.ts";
import { readJobs } from "../../src/target/read.ts";
import { collect, jobs, streamOf } from "./collect.ts";

const JOBS = [{ dip: "192.0.2.1" }, { dip: "192.0.2.2" }];

Deno.test("line ends, byte order mark, blank lines and comments in every form", async () => {
  const text = "\uFEFF\r\n# targets\r\n192.0.2.1\r\n \n# more\n192.0.2.2";
  assertEquals(await collect(text), [
    { line: 3, job: JOBS[0]! },
    { line: 6, job: JOBS[1]! },
  ]);
  assertEquals(await jobs('\uFEFF# x\n{"dip":"192.0.2.1"}\n\n#y\n{"dip":"192.0.2.2"}\r\n'), JOBS);
  assertEquals(await jobs("# x\ndip,dp\r\n\n192.0.2.1,\r\n# y\n192.0.2.2,"), JOBS);
});

Deno.test("an input without targets", async () => {
  for (const text of ["", "\n", "\n\n# only a comment", "\uFEFF", "dip,dp\n"]) {
    assertEquals(await collect(text), []);
  }
});

Deno.test("gzip is unpacked, joined files too", async () => {
  const first = gzipSync("192.0.2.1\n");
  const second = gzipSync("192.0.2.2\n");
  const both = new Uint8Array([...first, ...second]);
  assertEquals(await collect(both), [{ line: 1, job: JOBS[0]! }, { line: 2, job: JOBS[1]! }]);
});

Deno.test("gzip that is cut short or damaged is a failure that names the file", async () => {
  const whole = gzipSync(Array.from({ length: 1000 }, (_, n) => `192.0.2.${n % 256}\n`).join(""));
  const damaged = whole.slice();
  damaged[whole.length >> 1]! ^= 0xff;
  for (const bytes of [whole.subarray(0, whole.length - 9), whole.subarray(0, 12), damaged]) {
    const error = await assertRejects(() => collect(bytes, { name: "t.gz" }), Failure);
    assert(error.message.startsWith("t.gz is damaged gzip"), error.message);
  }
});

Deno.test("files that are not text are refused with what to do", async () => {
  const cases: [number[], string][] = [
    [[0x28, 0xb5, 0x2f, 0xfd, 0], "t is packed with zstd; unpack it first"],
    [[...new TextEncoder().encode("BZh9")], "t is packed with bzip2; unpack it first"],
    [[0xff, 0xfe, 0x31, 0], "t is UTF-16; convert it to UTF-8 first"],
  ];
  for (const [bytes, message] of cases) {
    const error = await assertRejects(() => collect(new Uint8Array(bytes), { name: "t" }), Failure);
    assertEquals(error.message, message);
  }
});

Deno.test("a line that begins as some packed files do is a line", async () => {
  const text = "BZhome.example\n192.0.2.1\n";
  assertEquals((await collect(text))[1], { line: 2, job: JOBS[0]! });
});

Deno.test("octets that are not UTF-8 spoil their line alone", async () => {
  const bytes = new TextEncoder().encode("192.0.2.1\nx\n192.0.2.2\n");
  bytes[10] = 0xe9;
  assertEquals((await collect(bytes))[1], { line: 2, problem: "not UTF-8" });
  assertEquals((await collect(bytes)).length, 3);
});

Deno.test("a line that is too long is a problem, the next one is read", async () => {
  const piece = "x".repeat(64 * 1024);
  const chunks = Array.from({ length: MAX_LINE / piece.length + 1 }, () => piece);
  const stream = streamOf("192.0.2.1\n", ...chunks, "x\n192.0.2.2");
  assertEquals(await Array.fromAsync(readJobs(stream)), [
    { line: 1, job: JOBS[0]! },
    { line: 2, problem: `longer than ${MAX_LINE} characters` },
    { line: 3, job: JOBS[1]! },
  ]);
  const last = await collect("y".repeat(MAX_LINE + 1));
  assertEquals(last, [{ line: 1, problem: `longer than ${MAX_LINE} characters` }]);
});

Deno.test("how the octets are cut into chunks does not matter", async () => {
  const text = "\uFEFF# é\r\ndip,dp,domain\r\n192.0.2.1,80,zürich.example\n\n192.0.2.2,x,y\nend";
  for (const whole of [new TextEncoder().encode(text), new Uint8Array(gzipSync(text))]) {
    const expected = await collect(whole);
    assertEquals(expected.length, 3);
    const cut = fc.array(fc.nat(whole.length), { maxLength: 20 });
    await fc.assert(fc.asyncProperty(cut, async (cuts) => {
      const ends = [...cuts.sort((a, b) => a - b), whole.length];
      const chunks = ends.map((end, at) => whole.subarray(at === 0 ? 0 : ends[at - 1], end));
      assertEquals(await Array.fromAsync(readJobs(streamOf(...chunks))), expected);
    }));
  }
});

Deno.test("no text makes reading fail, and every job is sound", async () => {
  const piece = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.constantFrom(
      "192.0.2.1",
      "::1",
      ",",
      "{",
      '"',
      '{"dip":"',
      '"}',
      ":",
      "[",
      "]",
      "dip,dp",
      "80",
    ),
  );
  const text = fc.array(fc.array(piece).map((pieces) => pieces.join("")))
    .map((lines) => lines.join("\n"));
  await fc.assert(
    fc.asyncProperty(text, fc.boolean(), async (text, csv) => {
      const count = text.split("\n").length;
      for (const found of await collect(` \n${text}`, { csv })) {
        assert(found.line >= 1 && found.line <= count + 1);
        if ("problem" in found) {
          assert(found.problem.length > 0 && !/\p{Cc}/u.test(found.problem));
        } else {
          assert(isIP(found.job.dip!) !== 0);
          const { dp } = found.job;
          assert(dp === undefined || (Number.isInteger(dp) && dp >= 1 && dp <= 65535));
        }
      }
    }),
    { numRuns: 2000 },
  );
});

Deno.test("addresses are judged as the system's own check judges them", () => {
  const text = fc.oneof(
    fc.ipV4(),
    fc.ipV6(),
    fc.string({ unit: fc.constantFrom(..."0123456789abcdef:.:.") }),
  );
  fc.assert(
    fc.property(text, (text) => {
      const problem = addressProblem(text);
      if (problem?.includes("IPv4 address in IPv6 form")) return;
      const isAddress = problem === null || problem.includes("not the address of a host");
      assertEquals(isAddress, isIP(text) !== 0, text);
    }),
    { numRuns: 20_000 },
  );
});

Deno.test("addresses of groups and of nobody are no targets", () => {
  for (const text of ["0.0.0.0", "224.0.0.1", "255.255.255.255", "::", "0:0::0", "ff02::1"]) {
    assertEquals(addressProblem(text), `"${text}" is not the address of a host`);
  }
  for (
    const text of ["1.2.3.4", "223.255.255.255", "127.0.0.1", "::1", "fe80::1", "0::2", "ff::1"]
  ) {
    assertEquals(addressProblem(text), null);
  }
});

Deno.test("the estimate of the total comes near and ends right", async () => {
  const lines = Array.from({ length: 5000 }, (_, n) => `192.0.2.${n % 256}`);
  const text = lines.join("\n") + "\n";
  const position = new Position();
  assertEquals(position.total(text.length), null);
  let seen = 0;
  for await (const _ of readJobs(streamOf(text), { position })) {
    if (++seen === 1000) assert(Math.abs(position.total(text.length)! - 5000) < 100);
  }
  assertEquals([position.lines, position.total(text.length)], [5000, 5000]);
  assertEquals(position.total(null), null);
});

Deno.test("reading that waits for more ends when the signal aborts, without half a line", async () => {
  const stop = new AbortController();
  const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
  const writer = writable.getWriter();
  writer.write(new TextEncoder().encode("192.0.2.1\n192.0.2")).catch(() => {});
  const seen: unknown[] = [];
  for await (const one of readJobs(readable, { signal: stop.signal })) {
    seen.push(one);
    setTimeout(() => stop.abort(), 20);
  }
  assertEquals(seen, [{ line: 1, job: JOBS[0]! }]);
});

Deno.test("a signal that has aborted already ends it before a stream that never comes", async () => {
  const { readable } = new TransformStream<Uint8Array, Uint8Array>();
  const signal = AbortSignal.abort();
  assertEquals(await Array.fromAsync(readJobs(readable, { signal })), []);
});

Deno.test("gzip that the signal cut short is not called damaged", async () => {
  const stop = new AbortController();
  const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
  const writer = writable.getWriter();
  const packed = gzipSync("192.0.2.1\n192.0.2.2\n");
  writer.write(packed.subarray(0, packed.length - 4)).catch(() => {});
  setTimeout(() => stop.abort(), 20);
  await Array.fromAsync(readJobs(readable, { signal: stop.signal }));
});

Deno.test("a reader that stops early closes the file", async () => {
  const file = await Deno.makeTempFile();
  await Deno.writeTextFile(file, "192.0.2.1\n".repeat(100_000));
  const { stream, name, size } = await openInput(file);
  assertEquals([name, size], [file, 1_000_000]);
  for await (const line of readJobs(stream)) if (line.line === 10) break;
  await Deno.remove(file);
});

Deno.test("the size of a packed file says nothing about its lines", async () => {
  const file = await Deno.makeTempFile();
  await Deno.writeFile(file, gzipSync("192.0.2.1\n192.0.2.2\n"));
  const { stream, size } = await openInput(file);
  assertEquals(size, null);
  assertEquals((await Array.fromAsync(readJobs(stream))).length, 2);
  await Deno.remove(file);
});

Deno.test("what cannot be opened is a failure that names it", async () => {
  const folder = await Deno.makeTempDir();
  const missing = `${folder}/missing`;
  const error = await assertRejects(() => openInput(missing), Failure);
  assertEquals(error.message, `cannot read ${missing}: there is no such file or folder`);
  const other = await assertRejects(() => openInput(folder), Failure);
  assertEquals(other.message, `cannot read ${folder}: it is a folder`);
  await Deno.remove(folder);
});

Deno.test("a stream that breaks is a failure that names it", async () => {
  const stream = new ReadableStream<Uint8Array>({
    pull: (controller) => controller.error(new Error("Input/output error")),
  });
  const read = Array.fromAsync(readJobs(stream, { name: "t" }));
  assertEquals(
    (await assertRejects(() => read, Failure)).message,
    "cannot read t: Input/output error",
  );
});
