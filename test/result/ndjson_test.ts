import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import fc from "fast-check";
import { Failure } from "../../src/host/failure.ts";
import { ResultWriter } from "../../src/result/ndjson.ts";
import { ReaderGone } from "../../src/result/reader_gone.ts";
import { writeWhole } from "../../src/result/write_whole.ts";
import { until } from "../until.ts";

function throws(call: () => void): boolean {
  try {
    call();
    return false;
  } catch {
    return true;
  }
}

async function withFile(use: (path: string) => void | Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await use(`${folder}/out.ndjson`);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("records of any size and ready-made lines come out whole and in order", async () => {
  await withFile(async (path) => {
    const size = fc.oneof(fc.nat(300), fc.nat(70_000), fc.nat(200_000));
    const item = fc.tuple(fc.boolean(), size, fc.constantFrom("a", "é", "€", "😀"));
    await fc.assert(
      fc.asyncProperty(fc.array(item), async (items) => {
        const writer = ResultWriter.open(path);
        const expected = items.map(([ready, size, letter]) => {
          const record = { text: letter.repeat(size) };
          const line = JSON.stringify(record) + "\n";
          if (ready) writer.writeBytes(new TextEncoder().encode(line));
          else writer.write(record);
          return line;
        });
        await writer.close();
        assertEquals(writer.written, items.filter(([ready]) => !ready).length);
        assertEquals(Deno.readTextFileSync(path) === expected.join(""), true);
      }),
      { numRuns: 50 },
    );
  });
});

Deno.test("what is in the file is whole lines at any time, and no record waits long", async () => {
  await withFile(async (path) => {
    const writer = ResultWriter.open(path);
    for (let n = 0; n < 5000; n++) {
      writer.write({ n, text: "x".repeat(n % 97) });
      if (n % 100 === 0) assert(/(^|\n)$/.test(await Deno.readTextFile(path)));
    }
    await until("all is there", () => Deno.readTextFileSync(path).split("\n").length === 5001);
    await writer.close();
  });
});

Deno.test("a file that is there is replaced, unless it is the input", async () => {
  await withFile(async (path) => {
    await Deno.writeTextFile(path, "targets\n");
    await Deno.symlink(path, `${path}.link`);
    const error = assertThrows(() => ResultWriter.open(`${path}.link`, ["-", path]), Failure);
    assertEquals(
      error.message,
      `${path}.link is the input itself; write the output to another file`,
    );
    assertEquals(await Deno.readTextFile(path), "targets\n");
    await ResultWriter.open(path, ["-", "/dev/null"]).close();
    assertEquals(await Deno.readTextFile(path), "");
  });
});

Deno.test("what cannot be opened is a failure that names it", async () => {
  await withFile((path) => {
    const error = assertThrows(() => ResultWriter.open(`${path}/no/where`), Failure);
    assertEquals(error.message, `cannot write ${path}/no/where: there is no such file or folder`);
    assertThrows(() => ResultWriter.open("/"), Failure, "cannot write /: it is a folder");
  });
});

Deno.test("a full disk is a failure at the next call, thrown until the close", async () => {
  const writer = ResultWriter.open("/dev/full");
  writer.write({ n: 1 });
  await until("it is written", () => throws(() => writer.write({ n: 1 })));
  for (let n = 0; n < 2; n++) {
    assertThrows(() => writer.write({ n }), Failure, "cannot write /dev/full: the disk is full");
  }
  await writer.close();
  assertEquals(writer.written, 0);

  const late = ResultWriter.open("/dev/full");
  late.write({ n: 1 });
  await assertRejects(() => late.close(), Failure, "the disk is full");

  const unseen = ResultWriter.open("/dev/full");
  unseen.write({ n: 1 });
  await new Promise((resolve) => setTimeout(resolve, 200));
  await assertRejects(() => unseen.close(), Failure, "the disk is full");
});

Deno.test({
  name: "a disk that fills up keeps whole lines only (needs root)",
  ignore: Deno.uid() !== 0,
  async fn() {
    const folder = await Deno.makeTempDir();
    const run = (command: string, ...args: string[]) =>
      new Deno.Command(command, { args, stderr: "null" }).output();
    const { success } = await run("mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", folder);
    try {
      assert(success, "cannot mount a tmpfs");
      const writer = ResultWriter.open(`${folder}/out`);
      const fill = () => {
        for (let n = 0; n < 100_000; n++) writer.write({ n, text: "some more text" });
      };
      assertThrows(fill, Failure, "the disk is full");
      await writer.close();
      const text = await Deno.readTextFile(`${folder}/out`);
      assert(text.length > 900_000);
      for (const line of text.trimEnd().split("\n")) JSON.parse(line);
      assert(text.endsWith("}\n"));
    } finally {
      await run("umount", folder);
      await Deno.remove(folder);
    }
  },
});

Deno.test("short writes, a full pipe and a reader that goes away", () => {
  const sink: number[] = [];
  let calls = 0;
  writeWhole({
    writeSync(bytes) {
      if (++calls % 2 === 0) throw new Deno.errors.WouldBlock();
      sink.push(...bytes.subarray(0, 3));
      return Math.min(3, bytes.length);
    },
  }, new Uint8Array([1, 2, 3, 4, 5, 6, 7]));
  assertEquals(sink, [1, 2, 3, 4, 5, 6, 7]);

  const gone = {
    writeSync: () => {
      throw new Deno.errors.BrokenPipe();
    },
  };
  assertThrows(() => writeWhole(gone, new Uint8Array(1)), ReaderGone);
});
