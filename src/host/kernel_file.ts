import { ERRNO, errnoName } from "./errno.ts";
import { lastErrno, libc } from "./libc.ts";
import { cString, fromC } from "./libpcap.ts";

// Deno opens files in /proc, /sys and /dev only for a program with all permissions, some of which
// this one should not have. So this goes through the C library, as its sockets do.

const AT_FDCWD = -100;
const AT_EMPTY_PATH = 0x1000;
const AT_SYMLINK_NOFOLLOW = 0x100;
const STATX_BASIC_STATS = 0x7ff;
const RDONLY_CLOEXEC = 0o2000000;
const WRONLY_CLOEXEC = 0o2000001;
const S_IFMT = 0o170000;
const S_IFREG = 0o100000;
const S_IFIFO = 0o010000;
const S_IFSOCK = 0o140000;
const S_IFDIR = 0o040000;
/** `struct statx`, which is the same on every machine (statx(2)). */
const STATX = {
  ...{ size: 256, mode: 28, inode: 32, length: 40, deviceMajor: 136, deviceMinor: 140 },
  ...{ changed: 112, changedNanoseconds: 120 },
};
/** Where the name stands in the C library's `struct dirent` on 64-bit Linux. */
const D_NAME = 19;
const CHUNK = 1 << 16;
/** How often a call that fails is made again until it names the same reason twice. */
const TRIES = 5;

/** What statx(2) says of a file. */
export interface FileStatus {
  readonly isFile: boolean;
  readonly isFifo: boolean;
  readonly isSocket: boolean;
  readonly isDirectory: boolean;
  readonly inode: number;
  /** Octets. */
  readonly size: number;
  /** When its content was changed last, in milliseconds since 1970. */
  readonly changed: number;
  /** Which file, in one word: no two files have the same. */
  readonly identity: string;
}

/**
 * The file that a path leads to, or a descriptor. Throws as Deno's own calls do.
 *
 * @param name in the folder of the descriptor; of a link, it is the link's own
 */
export function fileStatus(file: string | number, name = ""): FileStatus {
  const buffer = new Uint8Array(STATX.size);
  const [at, path, flags] = typeof file === "number"
    ? [file, name, name === "" ? AT_EMPTY_PATH : AT_SYMLINK_NOFOLLOW]
    : [AT_FDCWD, file, 0];
  certain(String(file), () => libc.statx(at, cString(path), flags, STATX_BASIC_STATS, buffer));
  const view = new DataView(buffer.buffer);
  const type = view.getUint16(STATX.mode, true) & S_IFMT;
  const inode = view.getBigUint64(STATX.inode, true);
  const device = [STATX.deviceMajor, STATX.deviceMinor].map((at) => view.getUint32(at, true));
  return {
    isFile: type === S_IFREG,
    isFifo: type === S_IFIFO,
    isSocket: type === S_IFSOCK,
    isDirectory: type === S_IFDIR,
    inode: Number(inode),
    size: Number(view.getBigUint64(STATX.length, true)),
    changed: Number(view.getBigInt64(STATX.changed, true)) * 1000 +
      Math.floor(view.getUint32(STATX.changedNanoseconds, true) / 1e6),
    identity: [...device, inode].join(":"),
  };
}

/** The whole text of a file of the kernel, such as one in /proc. Throws as Deno's own calls do. */
export function readKernelFile(path: string): string {
  const fd = certain(path, () => libc.open(cString(path), RDONLY_CLOEXEC));
  try {
    return readDescriptor(fd, path);
  } finally {
    libc.close(fd);
  }
}

/**
 * Writes to a file of the kernel in one call: each call is a command of its own. Throws as Deno's
 * own calls do.
 */
export function writeKernelFile(path: string, text: string): void {
  const octets = new TextEncoder().encode(text);
  const fd = certain(path, () => libc.open(cString(path), WRONLY_CLOEXEC));
  try {
    certain(path, () => libc.write(fd, octets, BigInt(octets.length)));
  } finally {
    libc.close(fd);
  }
}

/** The text that a descriptor gives from its position. */
export function readDescriptor(fd: number, name: string): string {
  const decoder = new TextDecoder();
  const chunk = new Uint8Array(CHUNK);
  let text = "";
  while (true) {
    const got = certain(name, () => libc.read(fd, chunk, BigInt(CHUNK)));
    if (got === 0) return text + decoder.decode();
    text += decoder.decode(chunk.subarray(0, got), { stream: true });
  }
}

/** The names of what is in a folder. Throws as Deno's own calls do. */
export function kernelEntries(path: string): string[] {
  let folder: Deno.PointerValue = null;
  certain(path, () => (folder = libc.opendir(cString(path))) === null ? -1 : 0);
  const names: string[] = [];
  try {
    for (let entry = libc.readdir(folder); entry !== null; entry = libc.readdir(folder)) {
      const name = fromC(Deno.UnsafePointer.offset(entry, D_NAME));
      if (name !== "." && name !== "..") names.push(name);
    }
  } finally {
    libc.closedir(folder);
  }
  return names;
}

/**
 * The result of a call that is negative on failure; throws that error. An error number may be
 * another call's (see `lastErrno`), so the call is repeated until it gives the same one twice.
 */
export function certain(name: string, call: () => number): number {
  let before = 0;
  for (let tries = 0; tries < TRIES; tries++) {
    const result = call();
    if (result >= 0) return result;
    const errno = lastErrno();
    if (errno === before) break;
    before = errno;
  }
  throw systemError(before, name);
}

/** An error number as the error that Deno's own calls throw for it. */
function systemError(errno: number, name: string): Error {
  const code = errnoName(errno);
  const error = new (KINDS[errno] ?? Error)(`${name}: ${code}`);
  return Object.assign(error, { code });
}

const KINDS: Readonly<Record<number, new (message: string) => Error>> = {
  [ERRNO.ENOENT]: Deno.errors.NotFound,
  [ERRNO.ESRCH]: Deno.errors.NotFound,
  [ERRNO.ENOTDIR]: Deno.errors.NotADirectory,
  [ERRNO.EISDIR]: Deno.errors.IsADirectory,
  [ERRNO.EACCES]: Deno.errors.PermissionDenied,
  [ERRNO.EPERM]: Deno.errors.PermissionDenied,
  [ERRNO.EPIPE]: Deno.errors.BrokenPipe,
  [ERRNO.EAGAIN]: Deno.errors.WouldBlock,
};
