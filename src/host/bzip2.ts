import { Failure } from "./failure.ts";
import { namelessFile, writeAll } from "./nameless_file.ts";

/** Packed data in a file that has no name any more, so that nothing is left of it when it is closed. */
export interface Packed {
  readonly file: Deno.FsFile;
  /** Octets in it. */
  readonly size: number;
}

/**
 * Packs what a stream gives.
 *
 * @throws {Failure} without bzip2, or when there is no space for it; whatever the stream throws
 */
export async function pack(source: ReadableStream<Uint8Array>): Promise<Packed> {
  const file = namelessFile();
  try {
    const packed = bzip2(["-9"], source, "cannot be packed");
    for await (const chunk of packed) writeAll(file, chunk);
    return { file, size: file.statSync().size };
  } catch (error) {
    file.close();
    throw error;
  }
}

/**
 * What packed data holds.
 *
 * @param name its name in messages
 * @throws {Failure} while it is read, when it is damaged; without bzip2
 */
export function unpack(
  source: ReadableStream<Uint8Array>,
  name: string,
): ReadableStream<Uint8Array> {
  return ReadableStream.from(bzip2(["-dc"], source, `${name} is damaged bzip2`));
}

async function* bzip2(
  args: readonly string[],
  source: ReadableStream<Uint8Array>,
  complaint: string,
): AsyncGenerator<Uint8Array> {
  const child = start(args);
  // bzip2 that ends early closes its input; its own message says why, else the stream's error.
  const fed = source.pipeTo(child.stdin).then(() => null, (error: unknown) => error);
  const said = new Response(child.stderr).text();
  let whole = false;
  try {
    yield* child.stdout;
    whole = true;
  } finally {
    if (!whole) child.kill("SIGKILL");
    await child.status;
  }
  const fault = await fed;
  const { success } = await child.status;
  const words = (await said).trim();
  if (fault !== null && !(fault instanceof Deno.errors.BrokenPipe)) throw fault;
  if (success && fault === null) return;
  const [line = "no reason"] = words.split("\n").map((text) => text.replace(/^bzip2: /, "").trim())
    .filter((text) => text !== "");
  throw new Failure(`${complaint} (${line}); make the file again`);
}

function start(args: readonly string[]) {
  try {
    return new Deno.Command("bzip2", {
      args: [...args],
      stdin: "piped",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
  } catch (error) {
    // A missing program may give a permission error where only named programs may be run
    const { NotFound, NotCapable } = Deno.errors;
    if (!(error instanceof NotFound || error instanceof NotCapable)) throw error;
    throw new Failure("bzip2 is not installed: install it (Debian: apt install bzip2)");
  }
}
