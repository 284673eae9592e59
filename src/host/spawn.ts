import { libc, must } from "./libc.ts";
import { cString } from "./libpcap.ts";
import { POLL, poll } from "./poll.ts";

const SYMBOLS = {
  pipe2: { parameters: ["buffer", "i32"], result: "i32" },
  tee: { parameters: ["i32", "i32", "usize", "u32"], result: "i32" },
  memfd_create: { parameters: ["buffer", "u32"], result: "i32" },
  posix_spawn_file_actions_init: { parameters: ["buffer"], result: "i32" },
  posix_spawn_file_actions_adddup2: { parameters: ["buffer", "i32", "i32"], result: "i32" },
  posix_spawn_file_actions_destroy: { parameters: ["buffer"], result: "i32" },
  posix_spawnattr_init: { parameters: ["buffer"], result: "i32" },
  posix_spawnattr_setflags: { parameters: ["buffer", "i16"], result: "i32" },
  posix_spawnattr_setsigdefault: { parameters: ["buffer", "buffer"], result: "i32" },
  posix_spawnattr_setsigmask: { parameters: ["buffer", "buffer"], result: "i32" },
  posix_spawnattr_destroy: { parameters: ["buffer"], result: "i32" },
  posix_spawnp: {
    parameters: ["buffer", "buffer", "buffer", "buffer", "buffer", "buffer"],
    result: "i32",
  },
  waitpid: { parameters: ["i32", "buffer", "i32"], result: "i32" },
} as const satisfies Deno.ForeignLibraryInterface;

let library: Deno.DynamicLibrary<typeof SYMBOLS>["symbols"] | undefined;

/** Opened when first called: few runs need it, and all would pay for it. */
function calls(): Deno.DynamicLibrary<typeof SYMBOLS>["symbols"] {
  return library ??= Deno.dlopen("libc.so.6", SYMBOLS).symbols;
}

const CLOEXEC = 0o2000000;
const MFD_CLOEXEC = 1;
const WNOHANG = 1;
const SIGKILL = 9;
const SIGPIPE = 13;
/** A process group of its own, SIGPIPE as usual, no signal blocked. */
const SETPGROUP_SETSIGDEF_SETSIGMASK = 0x02 | 0x04 | 0x08;

// Larger than any C library's opaque structures
const OPAQUE = 1024;
const SIGNAL_SET = 128;

const PAUSE_MS = 1;

/** A pipe: the descriptors of its end to read from and its end to write to. */
export function pipe(): { readonly read: number; readonly write: number } {
  const ends = new Int32Array(2);
  must("pipe2", calls().pipe2(new Uint8Array(ends.buffer), CLOEXEC));
  return { read: ends[0]!, write: ends[1]! };
}

/** A file without a name, in memory. */
export function memoryFile(): number {
  return must("memfd_create", calls().memfd_create(cString("spider"), MFD_CLOEXEC));
}

/**
 * The first octets that a pipe will give; they stay in it. Waits until there are as many, or the
 * pipe has ended. Empty when the descriptor is no pipe.
 */
export function peekPipe(fd: number, octets: number): Uint8Array {
  while (true) {
    const ended = (poll(fd, 0, 0) & POLL.hangUp) !== 0; // asked first: what came before the end must not be missed
    const begin = copied(fd, octets);
    if (ended || begin.length === 0 || begin.length === octets) return begin;
    pause(); // no call waits for more octets than are there and leaves them in the pipe
  }
}

/** The octets that wait in a pipe, up to a number; waits for the first. */
function copied(fd: number, octets: number): Uint8Array<ArrayBuffer> {
  const begin = new Uint8Array(octets);
  const { read, write } = pipe();
  const copied = calls().tee(fd, write, BigInt(octets), 0);
  const got = copied > 0 ? libc.read(read, begin, BigInt(octets)) : 0;
  libc.close(read);
  libc.close(write);
  return begin.subarray(0, got);
}

/**
 * A program that runs beside this one with descriptors of ours as its standard ones. It is in a
 * process group of its own, so Ctrl-C does not reach it. SIGPIPE ends it, which a child of Deno
 * would otherwise ignore like Deno.
 */
export class Child {
  readonly #pid: number;
  /** Why it could not be started, an error number; 0 when it was. */
  readonly errno: number;

  constructor(command: readonly string[], standard: readonly [number, number, number]) {
    const c = calls();
    const actions = new Uint8Array(OPAQUE);
    const attributes = new Uint8Array(OPAQUE);
    c.posix_spawn_file_actions_init(actions);
    standard.forEach((fd, at) => c.posix_spawn_file_actions_adddup2(actions, fd, at));
    c.posix_spawnattr_init(attributes);
    c.posix_spawnattr_setflags(attributes, SETPGROUP_SETSIGDEF_SETSIGMASK);
    const defaults = new Uint8Array(SIGNAL_SET);
    defaults[(SIGPIPE - 1) >> 3] = 1 << ((SIGPIPE - 1) & 7);
    c.posix_spawnattr_setsigdefault(attributes, defaults);
    c.posix_spawnattr_setsigmask(attributes, new Uint8Array(SIGNAL_SET));
    const pid = new Int32Array(1);
    const words = command.map(cString);
    const environment = [cString("LC_ALL=C")];
    this.errno = c.posix_spawnp(
      new Uint8Array(pid.buffer),
      words[0]!,
      actions,
      attributes,
      pointers(words),
      pointers(environment),
    );
    this.#pid = pid[0]!;
    c.posix_spawn_file_actions_destroy(actions);
    c.posix_spawnattr_destroy(attributes);
  }

  /**
   * Waits for its end, up to a time limit in milliseconds, and then kills it. To be called once.
   * Returns the status of wait(2); null when it had to be killed.
   */
  end(patience: number): number | null {
    const status = new Int32Array(1);
    const octets = new Uint8Array(status.buffer);
    const until = performance.now() + patience;
    while (calls().waitpid(this.#pid, octets, WNOHANG) === 0) {
      if (performance.now() >= until) {
        libc.kill(this.#pid, SIGKILL);
        calls().waitpid(this.#pid, octets, 0);
        return null;
      }
      pause();
    }
    return status[0]!;
  }
}

function pause(): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, PAUSE_MS);
}

/** An array of C strings, with a null behind the last. The strings must outlive its use. */
function pointers(strings: readonly Uint8Array<ArrayBuffer>[]): Uint8Array<ArrayBuffer> {
  const all = strings.map((text) => Deno.UnsafePointer.value(Deno.UnsafePointer.of(text)));
  return new Uint8Array(new BigUint64Array([...all, 0n]).buffer);
}
