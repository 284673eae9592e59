import { Failure } from "../host/failure.ts";
import { fileError } from "../host/file_error.ts";

/** An input that is open. */
export interface Input {
  /** How messages call it. */
  readonly name: string;
  readonly stream: ReadableStream<Uint8Array>;
  /** Octets of a regular file; null when unknown. */
  readonly size: number | null;
}

/** How the command line names standard input and output. */
export const STANDARD = "-";

/**
 * Opens a file for reading; `-` is standard input.
 *
 * @throws {Failure} when it cannot be read
 */
export async function openInput(path: string): Promise<Input> {
  if (path === STANDARD) {
    return { name: "standard input", stream: Deno.stdin.readable, size: null };
  }
  try {
    const file = await Deno.open(path);
    const { isFile, isDirectory, size } = await file.stat();
    if (isDirectory) {
      file.close();
      throw new Deno.errors.IsADirectory();
    }
    return { name: path, stream: file.readable, size: isFile ? size : null };
  } catch (error) {
    throw new Failure(`cannot read ${path}: ${fileError(error)}`, { cause: error });
  }
}
