/** Over how many seconds a rate is taken. */
const WINDOW = 1;

/** How fast a count grows now: over the last second, or since the beginning while that is less. */
export class RecentRate {
  /** Counts at times in seconds, the oldest first; one of them is as old as the window, or older. */
  readonly #samples: { readonly at: number; readonly value: number }[] = [
    { at: 0, value: 0 },
  ];

  /** Takes a count at a time, and gives the rate a second. */
  at(seconds: number, value: number): number {
    const samples = this.#samples;
    samples.push({ at: seconds, value });
    while (samples.length > 2 && seconds - samples[1]!.at >= WINDOW) samples.shift();
    const oldest = samples[0]!;
    const passed = seconds - oldest.at;
    return passed > 0 ? (value - oldest.value) / passed : 0;
  }
}
