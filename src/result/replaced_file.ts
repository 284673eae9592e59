import { Failure } from "../host/failure.ts";
import { fileError } from "../host/file_error.ts";
import { isSameFile, OutputFile } from "./output_file.ts";

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
    if (inputs.some((input) => isSameFile(input, path))) {
      throw new Failure(`${path} is the input itself; write the output to another file`);
    }
    this.#path = path;
    OutputFile.open(this.#unfinished).close();
    Deno.removeSync(this.#unfinished);
  }

  /**
   * Replaces the content; the old one stays when that fails.
   *
   * @throws {Failure} when it cannot be written
   */
  replace(octets: Uint8Array): void {
    const file = OutputFile.open(this.#unfinished);
    try {
      file.write(octets);
      Deno.renameSync(this.#unfinished, this.#path);
    } catch (error) {
      Deno.removeSync(this.#unfinished);
      if (error instanceof Failure) throw error;
      throw new Failure(`cannot write ${this.#path}: ${fileError(error)}`, { cause: error });
    } finally {
      file.close();
    }
  }

  /** The name does not end as the file's does, by which readers of a folder may choose. */
  get #unfinished(): string {
    return `${this.#path}.new`;
  }
}
