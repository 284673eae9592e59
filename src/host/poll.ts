import { libc } from "./libc.ts";

/** Events of poll(2). */
export const POLL = { in: 0x1, out: 0x4, hangUp: 0x10 } as const;

const REVENTS = 6;

/** A `struct pollfd` that asks for events of a descriptor. */
export function pollRequest(fd: number, events: number): Uint8Array<ArrayBuffer> {
  const octets = new Uint8Array(8);
  const view = new DataView(octets.buffer);
  view.setInt32(0, fd, true);
  view.setInt16(4, events, true);
  return octets;
}

/** Waits for events, a number of milliseconds at most; returns those that there are, 0 for none. */
export function poll(fd: number, events: number, milliseconds: number): number {
  const request = pollRequest(fd, events);
  libc.poll(request, 1n, Math.ceil(milliseconds));
  return new DataView(request.buffer).getInt16(REVENTS, true);
}
