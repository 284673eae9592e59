import { hostname, userInfo } from "node:os";
import { pipeline, Readable } from "node:stream";
import { createGunzip } from "node:zlib";
import { unpack } from "../../../host/bzip2.ts";
import { Failure } from "../../../host/failure.ts";
import { fileError } from "../../../host/file_error.ts";
import { type Metadata, metadataOf, readTags } from "../../../result/pto/metadata.ts";
import { timeSpan } from "../../../result/pto/time_span.ts";
import { isBzip2, isGzip, PACKING_BEGIN } from "../../../host/packing.ts";
import { count, counted } from "../../../host/quantity.ts";
import type { Tell } from "../../terminal/tell.ts";
import { UsageError } from "../../../host/usage_error.ts";

/** A results file that was opened. */
export interface Results {
  readonly file: Deno.FsFile;
  /** How it is packed. */
  readonly form: "plain" | "gzip" | "bzip2";
}

/**
 * Opens a results file.
 *
 * @throws {Failure} when it cannot be read
 */
export function openResults(path: string): Results {
  try {
    const file = Deno.openSync(path);
    const { isFile, isDirectory } = file.statSync();
    if (!isFile) {
      file.close();
      throw isDirectory ? new Deno.errors.IsADirectory() : new Error("it is not a regular file");
    }
    const begin = new Uint8Array(PACKING_BEGIN);
    file.readSync(begin);
    file.seekSync(0, Deno.SeekMode.Start);
    return { file, form: isBzip2(begin) ? "bzip2" : isGzip(begin) ? "gzip" : "plain" };
  } catch (error) {
    throw new Failure(`cannot read ${path}: ${fileError(error)}`, { cause: error });
  }
}

/** The octets of results without gzip around them. They close the file when they end. */
export function withoutGzip({ file, form }: Results, path: string): ReadableStream<Uint8Array> {
  return form === "gzip" ? ReadableStream.from(gunzip(file.readable, path)) : file.readable;
}

async function* gunzip(
  source: ReadableStream<Uint8Array>,
  path: string,
): AsyncGenerator<Uint8Array> {
  try {
    // The callback is there because pipeline wants one: errors reach the reader of the result.
    yield* pipeline(Readable.from(source), createGunzip(), () => {});
  } catch (error) {
    throw new Failure(`cannot unpack ${path}: ${fileError(error)}`, { cause: error });
  }
}

/**
 * The metadata of a results file, read from its lines.
 *
 * @param owner undefined for `user@host`, which is then reported
 * @throws {Failure} when it cannot be read, or no line has a time
 */
export async function metadataOfFile(
  path: string,
  owner: string | undefined,
  fileType: string,
  tags: Metadata,
  tell: Tell,
): Promise<Metadata> {
  const { file, form } = openResults(path);
  const stream = form === "bzip2" ? unpack(file.readable, path) : file.readable;
  const span = await timeSpan(stream, path);
  const { first, count: missing } = span.without;
  if (missing > 0) {
    tell(
      `warning: ${count(missing)} of ${counted(missing + span.lines, "line")} without a time ` +
        `(line ${first.join(", ")}${missing > first.length ? ", ..." : ""})`,
    );
  }
  const someone = owner ?? `${userInfo().username}@${hostname()}`;
  if (owner === undefined && !("_owner" in tags)) {
    tell(`The owner is ${someone}; the tag _owner:EMAIL names another.`);
  }
  return metadataOf(span, someone, fileType, tags);
}

/**
 * The tags of a command line.
 *
 * @throws {UsageError} when one is invalid
 */
export function tagsOf(texts: readonly string[]): Metadata {
  const tags = readTags(texts);
  if (typeof tags === "string") throw new UsageError(tags);
  return tags;
}
