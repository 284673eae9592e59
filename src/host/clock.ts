let offset = performance.timeOrigin;

/** How far, in milliseconds, the two clocks may part before the finer one is set anew. */
const TOLERANCE = 5;

/**
 * Milliseconds since 1970 with a fraction. It follows the system's clock, also when that is set
 * during a run, so its times can be laid beside those of captured packets.
 */
export function wallClock(): number {
  const now = performance.now();
  const drift = Date.now() - (now + offset);
  // Clocks that were read with a pause of the process between them say nothing of each other.
  if (Math.abs(drift) > TOLERANCE && performance.now() - now < 1) offset += drift;
  return now + offset;
}
