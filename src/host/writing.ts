import { Failure } from "./failure.ts";
import { fileError } from "./file_error.ts";

/**
 * Writes a file or makes a folder.
 *
 * @throws {Failure} when it cannot be written
 */
export function writing<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw new Failure(
      `cannot write ${path}: ${fileError(error)}; make room there, or name another folder`,
      { cause: error },
    );
  }
}
