let offset = performance.timeOrigin;

/** How far, in milliseconds, the two clocks may drift apart before the finer one is set again. */
const TOLERANCE = 5;

/**
 * Milliseconds since 1970 with a fraction. It follows the system's clock, also when that is set
 * during a run, so its times can be compared with those of captured packets.
 */
export function wallClock(): number {
  const now = performance.now();
  const drift = Date.now() - (now + offset);
  // If the process paused between reading the two clocks, they cannot be compared.
  if (Math.abs(drift) > TOLERANCE && performance.now() - now < 1) offset += drift;
  return now + offset;
}
