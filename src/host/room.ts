import { libc } from "./libc.ts";
import { POLL, poll, pollRequest } from "./poll.ts";

/**
 * Octets that a pipe with room takes in one write without waiting (PIPE_BUF, pipe(7)), unless another
 * process fills it in between.
 */
export const PIPE_ROOM = 4096;

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
  return poll(fd, POLL.out, 0) !== 0;
}

/** Waits until a descriptor has room, or the signal aborts; everything else goes on meanwhile. */
export async function roomIn(fd: number, signal?: AbortSignal): Promise<void> {
  while (!signal?.aborted && !hasRoom(fd)) {
    await libc.poll_nonblocking(pollRequest(fd, POLL.out), 1n, LONGEST_WAIT);
  }
}
