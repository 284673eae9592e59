import { errnoName } from "./errno.ts";

/** The C library's calls that this program makes, without struct types: buffers are bytes. */
const SYMBOLS = {
  socket: { parameters: ["i32", "i32", "i32"], result: "i32" },
  bind: { parameters: ["i32", "buffer", "u32"], result: "i32" },
  listen: { parameters: ["i32", "i32"], result: "i32" },
  accept4: { parameters: ["i32", "pointer", "pointer", "i32"], result: "i32" },
  ioctl: { parameters: ["i32", "u64", "buffer"], result: "i32" },
  connect: { parameters: ["i32", "buffer", "u32"], result: "i32" },
  getsockname: { parameters: ["i32", "buffer", "buffer"], result: "i32" },
  getpeername: { parameters: ["i32", "buffer", "buffer"], result: "i32" },
  getsockopt: { parameters: ["i32", "i32", "i32", "buffer", "buffer"], result: "i32" },
  setsockopt: { parameters: ["i32", "i32", "i32", "buffer", "u32"], result: "i32" },
  // These return ssize_t; no count here comes near 2 GiB, and an i32 avoids a BigInt per call.
  send: { parameters: ["i32", "buffer", "usize", "i32"], result: "i32" },
  sendto: { parameters: ["i32", "buffer", "usize", "i32", "buffer", "u32"], result: "i32" },
  recv: { parameters: ["i32", "buffer", "usize", "i32"], result: "i32" },
  sendmmsg: { parameters: ["i32", "buffer", "u32", "i32"], result: "i32" },
  /** `sendmmsg` on a thread of the pool. Its errno is lost. */
  sendmmsg_nonblocking: {
    name: "sendmmsg",
    parameters: ["i32", "buffer", "u32", "i32"],
    result: "i32",
    nonblocking: true,
  },
  shutdown: { parameters: ["i32", "i32"], result: "i32" },
  close: { parameters: ["i32"], result: "i32" },
  if_nametoindex: { parameters: ["buffer"], result: "u32" },
  if_indextoname: { parameters: ["u32", "buffer"], result: "pointer" },

  epoll_create1: { parameters: ["i32"], result: "i32" },
  epoll_ctl: { parameters: ["i32", "i32", "i32", "buffer"], result: "i32" },
  epoll_wait: { parameters: ["i32", "buffer", "i32", "i32"], result: "i32" },
  /** `epoll_wait` on a thread of the pool. Its errno is lost. */
  epoll_wait_nonblocking: {
    name: "epoll_wait",
    parameters: ["i32", "buffer", "i32", "i32"],
    result: "i32",
    nonblocking: true,
  },
  eventfd: { parameters: ["u32", "i32"], result: "i32" },
  eventfd_write: { parameters: ["i32", "u64"], result: "i32" },

  open: { parameters: ["buffer", "i32"], result: "i32" },
  setns: { parameters: ["i32", "i32"], result: "i32" },
  /** `open` where it may make the file. */
  open_mode: { name: "open", parameters: ["buffer", "i32", "u32"], result: "i32" },
  statx: { parameters: ["i32", "buffer", "i32", "u32", "buffer"], result: "i32" },
  opendir: { parameters: ["buffer"], result: "pointer" },
  readdir: { parameters: ["pointer"], result: "pointer" },
  closedir: { parameters: ["pointer"], result: "i32" },
  dup: { parameters: ["i32"], result: "i32" },
  read: { parameters: ["i32", "buffer", "usize"], result: "i32" },
  /** `read` on a thread of the pool. Its errno is lost. */
  read_nonblocking: {
    name: "read",
    parameters: ["i32", "buffer", "usize"],
    result: "i32",
    nonblocking: true,
  },
  write: { parameters: ["i32", "buffer", "usize"], result: "i32" },
  poll: { parameters: ["buffer", "u64", "i32"], result: "i32" },
  /** `poll` on a thread of the pool. Its errno is lost. */
  poll_nonblocking: {
    name: "poll",
    parameters: ["buffer", "u64", "i32"],
    result: "i32",
    nonblocking: true,
  },
  ftruncate: { parameters: ["i32", "i64"], result: "i32" },
  clock_gettime: { parameters: ["i32", "buffer"], result: "i32" },
  /** The handler as a number: `SIG_IGN` is one. */
  signal: { parameters: ["i32", "usize"], result: "usize" },
  kill: { parameters: ["i32", "i32"], result: "i32" },
  prctl: { parameters: ["i32", "u64", "u64", "u64", "u64"], result: "i32" },
  lseek: { parameters: ["i32", "i64", "i32"], result: "i64" },
  pread: { parameters: ["i32", "buffer", "usize", "i64"], result: "i32" },
  /** `pread` on a thread of the pool. Its errno is lost. */
  pread_nonblocking: {
    name: "pread",
    parameters: ["i32", "buffer", "usize", "i64"],
    result: "i32",
    nonblocking: true,
  },
  readlink: { parameters: ["buffer", "buffer", "usize"], result: "i32" },
  fdopen: { parameters: ["i32", "buffer"], result: "pointer" },

  fmemopen: { parameters: ["pointer", "usize", "buffer"], result: "pointer" },
  rewind: { parameters: ["pointer"], result: "void" },
  fflush: { parameters: ["pointer"], result: "i32" },
  ftell: { parameters: ["pointer"], result: "i32" },
  fclose: { parameters: ["pointer"], result: "i32" },

  __errno_location: { parameters: [], result: "pointer" },
} as const satisfies Deno.ForeignLibraryInterface;

type Libc = Deno.DynamicLibrary<typeof SYMBOLS>["symbols"];

/** JavaScript stays on one thread of the system, so the address of its errno does not change. */
let errnoLocation: Deno.UnsafePointerView | undefined;

/**
 * The C library, which the first use of one of its functions opens: importing takes no permission. A
 * negative result means that {@linkcode lastErrno} says why.
 */
export let libc = Object.defineProperties({}, lazily()) as Libc;

function lazily(): PropertyDescriptorMap {
  const names = Object.keys(SYMBOLS) as (keyof Libc)[];
  return Object.fromEntries(names.map((name) => [name, { get: () => opened()[name] }]));
}

/** The library itself, which takes the place of what opens it. */
function opened(): Libc {
  if (errnoLocation !== undefined) return libc;
  libc = Deno.dlopen("libc.so.6", SYMBOLS).symbols;
  errnoLocation = new Deno.UnsafePointerView(libc.__errno_location()!);
  return libc;
}

/**
 * The error number of the C library's last failed call. It is valid only directly after a
 * synchronous call; the errno of a nonblocking call is another thread's. Even then it is
 * unreliable: connect(2) on a new socket was seen to leave ENOENT here, so a call of the runtime
 * came between. Nothing may depend on a number that the call itself cannot give.
 */
export function lastErrno(): number {
  return errnoLocation!.getInt32(0);
}

/** The result of a call that can fail only by a bug of ours. Throws an error that names both. */
export function must(call: string, result: number): number {
  if (result < 0) throw new Error(`${call} failed: ${errnoName(lastErrno())}`);
  return result;
}
