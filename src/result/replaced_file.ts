import { writeWhole } from "./write_whole.ts";
import { cannotWrite, refuseInputs } from "./output_file.ts";

/** A file whose content is replaced from time to time: whoever reads it finds one or the other, whole. */
export class ReplacedFile {
  readonly #path: string;

  /**
   * Its folder is tried; the file itself is left as it is until its content is replaced.
   *
   * @param inputs files that are being read, and so must not be replaced
   * @throws {Failure} when it is one of those, or no file can be made beside it
   */
  constructor(path: string, inputs: readonly string[]) {
    refuseInputs(path, inputs);
    this.#path = path;
    try {
      beside(path, new Uint8Array(), Deno.removeSync);
    } catch (error) {
      throw cannotWrite(path, error);
    }
  }

  /**
   * Replaces the content; the old one stays when that fails.
   *
   * @throws {Failure} when it cannot be written
   */
  replace(octets: Uint8Array): void {
    try {
      replaceFile(this.#path, octets);
    } catch (error) {
      throw cannotWrite(this.#path, error);
    }
  }
}

/** Makes a file, or replaces it, whole or not at all. Throws as Deno's own calls do. */
export function replaceFile(path: string, octets: Uint8Array): void {
  beside(path, octets, (unfinished) => Deno.renameSync(unfinished, path));
}

/** Writes a file beside another, for something that is done with it then; nothing is left of it. */
function beside(path: string, octets: Uint8Array, then: (unfinished: string) => void): void {
  // It does not end as the other's name does, by which readers of a folder may choose
  const unfinished = `${path}.${Deno.pid}.part`;
  remove(unfinished); // of a run that was killed, and had this one's number
  try {
    // Others may be able to write to the folder: their links are not followed
    using file = Deno.openSync(unfinished, { write: true, createNew: true });
    writeWhole(file, octets);
    then(unfinished);
  } catch (error) {
    remove(unfinished);
    throw error;
  }
}

function remove(path: string): void {
  try {
    Deno.removeSync(path);
  } catch (error) {
    // Where there is no such folder, making the file says so
    const { NotFound, NotADirectory } = Deno.errors;
    if (!(error instanceof NotFound || error instanceof NotADirectory)) throw error;
  }
}
