import { Failure } from "../../../host/failure.ts";
import { fileError } from "../../../host/file_error.ts";

/** Octets that are read at once. */
const CHUNK = 1 << 16;

/**
 * The names of the folders, or of the files, that lie in a folder, sorted. Links are neither: services
 * write there, and could let them lead anywhere. A folder that is not there has none.
 *
 * @throws {Failure} when it cannot be read
 */
export function namesIn(folder: string, kind: "isDirectory" | "isFile"): string[] {
  try {
    if (!Deno.lstatSync(folder).isDirectory) return [];
    return [...Deno.readDirSync(folder)].filter((entry) => entry[kind]).map(({ name }) => name)
      .sort();
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw new Failure(`cannot read ${folder}: ${fileError(error)}`, { cause: error });
  }
}

/**
 * The text of a file, in chunks; octets that are not UTF-8 become U+FFFD. None when it is a link, or no
 * file.
 *
 * @throws {Failure} when it cannot be read
 */
export async function* fileText(path: string): AsyncGenerator<string> {
  using file = opened(path);
  if (file === null) return;
  const decoder = new TextDecoder();
  const chunk = new Uint8Array(CHUNK);
  while (true) {
    const count = await file.read(chunk);
    if (count === null) break;
    yield decoder.decode(chunk.subarray(0, count), { stream: true });
  }
  yield decoder.decode();
}

function opened(path: string): Deno.FsFile | null {
  try {
    // Before it is opened too: to open a pipe would wait for its writer
    const before = Deno.lstatSync(path);
    if (!before.isFile) return null;
    const file = Deno.openSync(path);
    const { dev, ino } = file.statSync();
    if (dev === before.dev && ino === before.ino) return file;
    file.close();
    return null;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw new Failure(`cannot read ${path}: ${fileError(error)}`, { cause: error });
  }
}
