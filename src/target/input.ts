import { Failure } from "../host/failure.ts";
import { fileError } from "../host/file_error.ts";
import { openForReading, SpecialFile } from "../host/special_file.ts";
import type { InputStream } from "../host/streams.ts";
import { isGzip } from "../host/packing.ts";

/** An input that is open. */
export interface Input {
  /** Its name in messages. */
  readonly name: string;
  readonly stream: ReadableStream<Uint8Array>;
  /** Octets of the text in a regular file; null when unknown, as for a pipe or gzip. */
  readonly size: number | null;
}

/**
 * Opens a file for reading; standard input is open already.
 *
 * @throws {Failure} when it cannot be read
 */
export async function openInput(path: string | InputStream): Promise<Input> {
  if (typeof path !== "string") {
    return { name: "standard input", stream: path.readable, size: null };
  }
  try {
    const file = await openForReading(path);
    const { isFile, isDirectory, size } = file.statSync();
    if (isDirectory) {
      file.close();
      throw new Deno.errors.IsADirectory();
    }
    return { name: path, stream: file.readable, size: isFile && !isPacked(file) ? size : null };
  } catch (error) {
    throw new Failure(`cannot read ${path}: ${fileError(error)}`, { cause: error });
  }
}

/** Whether a regular file is gzip; true for special files, which may be. */
function isPacked(file: Deno.FsFile | SpecialFile): boolean {
  if (file instanceof SpecialFile) return true;
  const begin = new Uint8Array(2);
  file.readSync(begin);
  file.seekSync(0, Deno.SeekMode.Start);
  return isGzip(begin);
}
