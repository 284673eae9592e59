/**
 * Callbacks from libcurl. When one throws, the error is kept in `error`, and libcurl is told to
 * abort: an error must not cross its stack.
 */
export interface CurlHandlers {
  /** A line of a head has come. False ends the transfer. */
  head(id: bigint, line: Uint8Array): boolean;
  /** Some of a body has come. False ends the transfer. */
  body(id: bigint, octets: number): boolean;
  /** A transfer wants a socket; a negative number for none. */
  open(id: bigint): number;
  /** A socket is given back. */
  close(fd: number): void;
  /** What to watch a socket for: one of {@linkcode POLL}. */
  watch(fd: number, what: number): void;
  /** When to be called again: a delay in milliseconds, or never when negative. */
  callIn(milliseconds: number): void;
}

/** The callback pointers for libcurl, by purpose. */
export interface CurlFunctions {
  readonly head: Deno.PointerValue;
  readonly body: Deno.PointerValue;
  readonly open: Deno.PointerValue;
  readonly setUp: Deno.PointerValue;
  readonly close: Deno.PointerValue;
  readonly watch: Deno.PointerValue;
  readonly callIn: Deno.PointerValue;
}

/** Values that the callback of `CURLMOPT_SOCKETFUNCTION` gets. */
export const POLL = { in: 1, out: 2, inOut: 3, remove: 4 } as const;

/** `CURL_SOCKET_BAD` */
const NO_SOCKET = -1;
/** `CURL_SOCKOPT_ALREADY_CONNECTED` */
const ALREADY_CONNECTED = 2;

const data = ["pointer", "usize", "usize", "usize"] as const;

/** Functions of ours that libcurl calls, always on JavaScript's thread. */
export class CurlCallbacks {
  readonly functions: CurlFunctions;
  readonly #made: { close(): void }[] = [];
  #error: { readonly thrown: unknown } | null = null;

  constructor(handlers: CurlHandlers) {
    this.functions = {
      head: this.#add(
        new Deno.UnsafeCallback(
          { parameters: data, result: "usize" },
          (pointer, size, count, id) => {
            const length = Number(size * count);
            const goesOn = () => length === 0 || handlers.head(id, octetsAt(pointer, length));
            return this.#safely(goesOn, false) ? BigInt(length) : 0n;
          },
        ),
      ),
      body: this.#add(
        new Deno.UnsafeCallback(
          { parameters: data, result: "usize" },
          (_pointer, size, count, id) => {
            const length = Number(size * count);
            return this.#safely(() => handlers.body(id, length), false) ? BigInt(length) : 0n;
          },
        ),
      ),
      open: this.#add(
        new Deno.UnsafeCallback(
          { parameters: ["usize", "i32", "pointer"], result: "i32" },
          (id) => this.#safely(() => handlers.open(id), NO_SOCKET),
        ),
      ),
      setUp: this.#add(
        new Deno.UnsafeCallback(
          { parameters: ["usize", "i32", "i32"], result: "i32" },
          () => ALREADY_CONNECTED,
        ),
      ),
      close: this.#add(
        new Deno.UnsafeCallback(
          { parameters: ["usize", "i32"], result: "i32" },
          (_data, fd) => this.#safely(() => (handlers.close(fd), 0), 0),
        ),
      ),
      watch: this.#add(
        new Deno.UnsafeCallback(
          { parameters: ["pointer", "i32", "i32", "pointer", "pointer"], result: "i32" },
          (_easy, fd, what) => this.#safely(() => (handlers.watch(fd, what), 0), -1),
        ),
      ),
      callIn: this.#add(
        new Deno.UnsafeCallback(
          { parameters: ["pointer", "isize", "pointer"], result: "i32" },
          (_multi, wait) => this.#safely(() => (handlers.callIn(Number(wait)), 0), -1),
        ),
      ),
    };
  }

  /** Throws the first thing that a handler threw. To be called when libcurl has returned. */
  check(): void {
    const error = this.#error;
    this.#error = null;
    if (error !== null) throw error.thrown;
  }

  /** Frees them. libcurl must not know them any more. */
  close(): void {
    for (const callback of this.#made) callback.close();
  }

  #add(callback: { readonly pointer: Deno.PointerValue; close(): void }): Deno.PointerValue {
    this.#made.push(callback);
    return callback.pointer;
  }

  #safely<T>(answer: () => T, otherwise: T): T {
    try {
      return answer();
    } catch (thrown) {
      this.#error ??= { thrown };
      return otherwise;
    }
  }
}

/** Octets in C's memory, valid for the time of a call. */
function octetsAt(pointer: Deno.PointerValue, length: number): Uint8Array {
  return new Uint8Array(Deno.UnsafePointerView.getArrayBuffer(pointer!, length));
}
