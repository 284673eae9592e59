import { pipeline, Readable } from "node:stream";
import { createGunzip } from "node:zlib";
import { Failure } from "../host/failure.ts";
import { fileError } from "../host/file_error.ts";
import { isGzip } from "../host/packing.ts";
import { BEGINNING, foreignAdvice } from "./beginning.ts";

/**
 * The text of a stream, unpacked when it is gzip, in chunks. Octets that are not UTF-8 become
 * U+FFFD; a byte order mark is dropped. When `signal` aborts, the stream is cancelled and the text
 * ends where it is.
 *
 * @param name the stream's name in messages
 * @throws {Failure} when it is not text, or cannot be read to its end
 */
export async function* readText(
  stream: ReadableStream<Uint8Array>,
  name: string,
  signal?: AbortSignal,
): AsyncGenerator<string> {
  const reader = stream.getReader();
  // It rejects with the stream's own error, which the read has thrown already.
  const cancel = () => reader.cancel().catch(() => {});
  signal?.addEventListener("abort", cancel);
  try {
    if (signal?.aborted) return;
    const begin = await readBeginning(reader);
    const advice = foreignAdvice(begin);
    if (advice !== null) throw new Failure(`${name} ${advice}`);
    const octets = resume(begin, reader);
    const decoder = new TextDecoder();
    for await (const chunk of isGzip(begin) ? unpack(octets) : octets) {
      yield decoder.decode(chunk, { stream: true });
    }
    yield decoder.decode();
  } catch (error) {
    if (signal?.aborted) return;
    throw error instanceof Failure ? error : unreadable(name, error);
  } finally {
    signal?.removeEventListener("abort", cancel);
    await cancel();
  }
}

type Octets = Uint8Array<ArrayBuffer>;
type OctetReader = ReadableStreamDefaultReader<Uint8Array>;

/** The first octets, enough to tell what the stream holds, or all when there are fewer. */
async function readBeginning(reader: OctetReader): Promise<Octets> {
  let begin = new Uint8Array(0);
  while (begin.length < BEGINNING) {
    const { value, done } = await reader.read();
    if (done) break;
    const longer = new Uint8Array(begin.length + value.length);
    longer.set(begin);
    longer.set(value, begin.length);
    begin = longer;
  }
  return begin;
}

async function* resume(begin: Octets, reader: OctetReader): AsyncGenerator<Uint8Array> {
  yield begin;
  while (true) {
    const { value, done } = await reader.read();
    if (done) return;
    yield value;
  }
}

/** `DecompressionStream` fails where a second gzip member begins, as in files that were joined. */
function unpack(octets: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
  // The callback is there because pipeline wants one: errors reach the reader of the result.
  return pipeline(Readable.from(octets), createGunzip(), () => {});
}

function unreadable(name: string, error: unknown): Failure {
  const code = (error as { code?: unknown }).code;
  if (typeof code === "string" && code.startsWith("Z_")) {
    return new Failure(
      `${name} is damaged gzip (${(error as Error).message}); make the file again`,
      { cause: error },
    );
  }
  return new Failure(`cannot read ${name}: ${fileError(error)}`, { cause: error });
}
