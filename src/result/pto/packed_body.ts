import type { Packed } from "../../host/bzip2.ts";
import { Failure } from "../../host/failure.ts";
import type { Body } from "../http_request.ts";

/** Octets that are read of the data at once. */
const PIECE = 256 * 1024;

/**
 * Packed data as a body, a piece of which is in memory at a time.
 *
 * @param name its name in messages
 * @param sent is told how many octets were taken
 */
export function packedBody(
  { file, size }: Packed,
  name: string,
  sent: (octets: number) => void = () => {},
): Body {
  return {
    size,
    async *chunks() {
      sent(0);
      for (let at = 0; at < size;) {
        const piece = new Uint8Array(Math.min(PIECE, size - at));
        // Sought and read in one turn, since a failed attempt may still be reading from the same file
        file.seekSync(at, Deno.SeekMode.Start);
        const got = file.readSync(piece);
        if (got === null) {
          throw new Failure(`${name} became shorter while it was sent: run it again`);
        }
        yield piece.subarray(0, got);
        at += got;
        sent(at);
      }
    },
  };
}
