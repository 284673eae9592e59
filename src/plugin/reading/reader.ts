import { Failure } from "../../host/failure.ts";
import { fileError } from "../../host/file_error.ts";
import { READ_SOURCES } from "../../host/helper_process.ts";
import type { SourceManifest } from "./manifest_source.ts";
import { LINE_END, type Reply } from "./message.ts";
import type { ManifestRead, SourceRead, SourceRequest } from "./reading.ts";
import { SourceFailure } from "./source_failure.ts";

/**
 * How long reading one module may take, in milliseconds: the start of the process too, which takes
 * seconds on a host that is busy.
 */
const MODULE_MS = 30_000;
/** Processor time of a reading process, in seconds: it ends also when this program was killed. */
const CPU_SECONDS = 300;
/** Memory that a reading process may write to, in kilobytes; Deno takes half a gigabyte of it at its start. */
const MEMORY = 1 << 21;
/** Memory of its JavaScript, in megabytes. */
const HEAP = 512;
/** The longest answer, in octets: code of the largest module, written out, with its source map. */
const LONGEST = 1 << 25;

const MAIN = new URL("./reader_main.ts", import.meta.url);

/**
 * Reads sources of plugins in a process of its own, which has no permissions, and limits of time and
 * memory: a stranger's source can make Deno's parser abort the process that it is in.
 */
export class SourceReader implements AsyncDisposable {
  #child: ReadingProcess | null = null;
  /** One at a time, so that it is known which source broke the process. */
  #last: Promise<unknown> = Promise.resolve();

  #closed = false;

  /** Starts the process before there is a source, while that is fetched. */
  start(): void {
    this.#child ??= new ReadingProcess();
  }

  /**
   * Reads a module.
   *
   * @throws {Failure} that names the module, with the line where there is one; also when the process
   *   did not survive it
   */
  read(request: SourceRequest): Promise<SourceRead> {
    const read = this.#last.then(() => this.#read(request));
    this.#last = read.catch(() => {});
    return read;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true;
    await this.#last;
    await this.#child?.end();
    this.#child = null;
  }

  async #read(request: SourceRequest): Promise<SourceRead> {
    if (this.#closed) throw new Error("the reader of sources is closed");
    const child = this.#child ??= new ReadingProcess();
    const reply = await child.ask(request);
    if ("died" in reply) {
      this.#child = null;
      throw new Failure(`${request.where} cannot be read: ${reply.died}`);
    }
    if ("read" in reply) return reply.read;
    if ("fault" in reply) throw new Error(reply.fault);
    const { failure, where, line } = reply;
    throw where === undefined ? new Failure(failure) : new SourceFailure(where, line!, failure);
  }
}

/** The manifest in what was read of a module. Throws a `Failure` when it has none. */
export function manifestIn(read: ManifestRead): SourceManifest {
  if ("problem" in read) throw new Failure(read.problem);
  return { ...read, lines: new Map(read.lines) };
}

/**
 * The manifest of a plugin on this host, whatever it imports.
 *
 * @throws {Failure} when it cannot be read, or has none
 */
export async function localManifest(path: string, reader: SourceReader): Promise<SourceManifest> {
  const source = textOf(path);
  const { manifest } = await reader.read({ source, where: path, imports: false, manifest: true });
  return manifestIn(manifest!);
}

function textOf(path: string): string {
  try {
    return Deno.readTextFileSync(path);
  } catch (error) {
    throw new Failure(`${path} cannot be read: ${fileError(error)}`, { cause: error });
  }
}

class ReadingProcess {
  readonly #child: Deno.ChildProcess;
  readonly #writer: WritableStreamDefaultWriter<Uint8Array>;
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;

  constructor() {
    const limits = `ulimit -c 0; ulimit -t ${CPU_SECONDS}; ulimit -d ${MEMORY}; exec "$@"`;
    this.#child = new Deno.Command("/bin/sh", {
      args: ["-c", limits, "sh", Deno.execPath(), ...readingArguments()],
      stdin: "piped",
      stdout: "piped",
      stderr: "null",
    }).spawn();
    this.#writer = this.#child.stdin.getWriter();
    this.#reader = this.#child.stdout.getReader();
  }

  /** Its reply, or how it ended instead. */
  async ask(request: SourceRequest): Promise<Reply | { readonly died: string }> {
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      this.#child.kill("SIGKILL");
    }, MODULE_MS);
    try {
      const sent = this.#writer.write(new TextEncoder().encode(`${JSON.stringify(request)}\n`))
        .catch(() => {}); // it has died, which shows below
      const line = await this.#line();
      await sent;
      if (line !== null) return JSON.parse(line);
    } finally {
      clearTimeout(timer);
    }
    await this.#writer.abort().catch(() => {});
    const { signal, code } = await this.#child.status;
    if (late) return { died: `that takes longer than ${MODULE_MS / 1000} s` };
    if (signal === null) {
      return { died: `the process that was to read it ended with status ${code}` };
    }
    return { died: `the parser does not survive it (${signal})` };
  }

  /** Ends it in order. */
  async end(): Promise<void> {
    await this.#writer.close().catch(() => {}); // it may have died
    await this.#reader.cancel();
    await this.#child.status;
  }

  /** The next line; null when there is none, or it would be too long. */
  async #line(): Promise<string | null> {
    const parts: Uint8Array[] = [];
    for (let size = 0; size <= LONGEST;) {
      const { value, done } = await this.#reader.read();
      if (done) return null;
      parts.push(value);
      size += value.length;
      // One request, one line: nothing comes behind it
      if (value.at(-1) === LINE_END) return await new Blob(parts as BlobPart[]).text();
    }
    this.#child.kill("SIGKILL");
    return null;
  }
}

/** How Deno, or the program itself, is made the reading process. */
function readingArguments(): readonly string[] {
  if (Deno.build.standalone) return [READ_SOURCES];
  const built = !MAIN.pathname.endsWith(".ts");
  const isolation = ["--no-config", "--no-lock", "--no-remote", "--no-npm"];
  return [
    ...["run", "--quiet", "--no-prompt", "--no-check", "--cached-only", "--no-code-cache"],
    ...(built ? isolation : []),
    `--v8-flags=--max-old-space-size=${HEAP}`,
    MAIN.href,
  ];
}
