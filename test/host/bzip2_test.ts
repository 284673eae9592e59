import { assert, assertEquals, assertRejects } from "@std/assert";
import { pack, unpack } from "../../src/host/bzip2.ts";
import { isBzip2 } from "../../src/host/packing.ts";
import { Failure } from "../../src/host/failure.ts";

function streamOf(...chunks: Uint8Array[]): ReadableStream<Uint8Array> {
  return ReadableStream.from(chunks);
}

async function bytesOf(stream: ReadableStream<Uint8Array>): Promise<Uint8Array> {
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

async function packed(...chunks: Uint8Array[]): Promise<Uint8Array> {
  const { file, size } = await pack(streamOf(...chunks));
  file.seekSync(0, Deno.SeekMode.Start);
  const octets = await bytesOf(file.readable);
  assertEquals(octets.length, size);
  return octets;
}

Deno.test("what was packed comes out again, however much it is", async () => {
  const long = crypto.getRandomValues(new Uint8Array(65_536));
  for (const chunks of [[], [Uint8Array.of(1)], Array.from({ length: 40 }, () => long)]) {
    const octets = await packed(...chunks);
    assert(isBzip2(octets));
    const whole = new Uint8Array(await new Blob(chunks as BlobPart[]).arrayBuffer());
    assertEquals(await bytesOf(unpack(streamOf(octets), "t")), whole);
  }
});

Deno.test("data that is damaged, cut short or no bzip2 is a failure that names it", async () => {
  const octets = await packed(crypto.getRandomValues(new Uint8Array(50_000)));
  const damaged = octets.slice();
  damaged[octets.length >> 1]! ^= 0xff;
  for (const wrong of [damaged, octets.subarray(0, 1000), new TextEncoder().encode("BZhello")]) {
    const error = await assertRejects(() => Array.fromAsync(unpack(streamOf(wrong), "t")), Failure);
    assert(error.message.startsWith("t is damaged bzip2 ("), error.message);
  }
});

Deno.test("a source that breaks is thrown as it is, and a reader may stop early", async () => {
  const broken = new ReadableStream<Uint8Array>({
    pull: (controller) => controller.error(new RangeError("broken")),
  });
  await assertRejects(() => pack(broken), RangeError, "broken");
  const piece = new Uint8Array(65_536);
  const octets = await packed(...Array.from({ length: 100 }, () => piece));
  for await (const chunk of unpack(streamOf(octets), "t")) {
    assert(chunk.length > 0);
    break;
  }
});

Deno.test("without bzip2 it says what to install", async () => {
  const path = Deno.env.get("PATH")!;
  Deno.env.set("PATH", "/nonexistent");
  try {
    await assertRejects(() => pack(streamOf()), Failure, "bzip2 is not installed: install it");
  } finally {
    Deno.env.set("PATH", path);
  }
});
