import { STANDARD } from "./standard.ts";

/** Standard input, or a substitute. */
export interface InputStream {
  readonly readable: ReadableStream<Uint8Array>;
  /** Reads some octets; null at the end. */
  read(octets: Uint8Array): Promise<number | null>;
  readSync(octets: Uint8Array): number | null;
  isTerminal(): boolean;
}

/** Standard output or standard error, or a substitute. */
export interface OutputStream {
  /** The file descriptor, whose writes may block; null where they never do. */
  readonly fd: number | null;
  /** Writes some octets, and returns how many. */
  writeSync(octets: Uint8Array): number;
  isTerminal(): boolean;
}

/** The standard streams of a command. */
export interface Streams {
  readonly stdin: InputStream;
  readonly stdout: OutputStream;
  readonly stderr: OutputStream;
}

/** Those of this process: the one place where the program takes them from Deno. */
export const PROCESS_STREAMS: Streams = {
  stdin: Deno.stdin,
  stdout: outputStream(Deno.stdout, 1),
  stderr: outputStream(Deno.stderr, 2),
};

function outputStream(stream: Omit<OutputStream, "fd">, fd: number): OutputStream {
  return {
    fd,
    writeSync: (octets) => stream.writeSync(octets),
    isTerminal: () => stream.isTerminal(),
  };
}

/** What a path of a command line names: the stream where it is `-`. */
export function fileOrStream<S>(path: string, stream: S): string | S {
  return path === STANDARD ? stream : path;
}
