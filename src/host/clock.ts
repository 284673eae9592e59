let offset = performance.timeOrigin;

/** How far, in milliseconds, the two clocks may part before the finer one is set anew. */
const TOLERANCE = 5;

/**
 * Milliseconds since 1970 with a fraction. It follows the system's clock, also when that is set
 * during a run, so its times can be laid beside those of captured packets.
 */
export function wallClock(): number {
  const fine = performance.now() + offset;
  const drift = Date.now() - fine;
  if (drift < TOLERANCE && drift > -TOLERANCE) return fine;
  offset += drift;
  return fine + drift;
}
