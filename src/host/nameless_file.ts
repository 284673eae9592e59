import { Failure } from "./failure.ts";
import { fileError } from "./file_error.ts";

/**
 * A new temporary file that is deleted already; it lives until it is closed.
 *
 * @throws {Failure} when there is no room for one
 */
export function namelessFile(): Deno.FsFile {
  try {
    const path = Deno.makeTempFileSync({ prefix: "spider-" });
    try {
      return Deno.openSync(path, { read: true, write: true });
    } finally {
      Deno.removeSync(path);
    }
  } catch (error) {
    throw new Failure(`cannot make a temporary file: ${fileError(error)}`, { cause: error });
  }
}

/**
 * Writes octets to a temporary file as a whole.
 *
 * @throws {Failure} when it cannot be written
 */
export function writeAll(file: Deno.FsFile, octets: Uint8Array): void {
  try {
    for (let at = 0; at < octets.length;) at += file.writeSync(octets.subarray(at));
  } catch (error) {
    throw new Failure(`cannot write a temporary file: ${fileError(error)}`, { cause: error });
  }
}

/**
 * Reads octets of a temporary file from a place on, all of which it has.
 *
 * @throws {Failure} when they cannot be read
 */
export function readAt(file: Deno.FsFile, place: number, octets: Uint8Array): void {
  try {
    file.seekSync(place, Deno.SeekMode.Start);
    for (let at = 0; at < octets.length;) {
      const read = file.readSync(octets.subarray(at));
      if (read === null) throw new Deno.errors.UnexpectedEof("it is shorter than it was");
      at += read;
    }
  } catch (error) {
    throw new Failure(`cannot read a temporary file: ${fileError(error)}`, { cause: error });
  }
}
