import { libc } from "./libc.ts";

/**
 * Octets that a pipe with room takes in one write without waiting (PIPE_BUF, pipe(7)), unless another
 * process fills it in between.
 */
export const PIPE_ROOM = 4096;

const POLLOUT = 0x4;
/**
 * The longest that a thread of the pool is blocked, in milliseconds: how late an abort may be
 * noticed.
 */
const LONGEST_WAIT = 200;

/**
 * Whether {@linkcode PIPE_ROOM} octets can be written to a descriptor now without waiting for its
 * reader. True also where a write would fail, so that it is made and reports why.
 */
export function hasRoom(fd: number): boolean {
  return libc.poll(request(fd), 1n, 0) !== 0;
}

/** Waits until a descriptor has room, or the signal aborts; everything else goes on meanwhile. */
export async function roomIn(fd: number, signal?: AbortSignal): Promise<void> {
  while (!signal?.aborted && !hasRoom(fd)) {
    await libc.poll_nonblocking(request(fd), 1n, LONGEST_WAIT);
  }
}

/** A `struct pollfd` (poll(2)) that asks for room. */
function request(fd: number): Uint8Array<ArrayBuffer> {
  const octets = new Uint8Array(8);
  const view = new DataView(octets.buffer);
  view.setInt32(0, fd, true);
  view.setInt16(4, POLLOUT, true);
  return octets;
}
