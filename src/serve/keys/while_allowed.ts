import { brokenOff } from "../http/broken_off.ts";

/** How often is asked whether a key is still taken, in milliseconds. */
const EVERY = 1000;
const GONE = "an answer was broken off: its key is not taken any more";

/**
 * An answer that goes on, as long as who has asked for it may see it. It breaks off where he may not any
 * more, so that nobody takes what he has for all there is.
 *
 * @param isAllowed asked before a piece is given, though not for each of many
 * @param now the time, in milliseconds
 */
export function whileAllowed(
  answer: ReadableStream<Uint8Array>,
  isAllowed: () => boolean,
  now: () => number = () => performance.now(),
): ReadableStream<Uint8Array> {
  let asked = now();
  return answer.pipeThrough(
    new TransformStream({
      transform(piece, controller) {
        const at = now();
        if (at - asked >= EVERY) {
          asked = at;
          if (!isAllowed()) return controller.error(brokenOff(GONE));
        }
        controller.enqueue(piece);
      },
    }),
  );
}
