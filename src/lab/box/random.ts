import { mix } from "../../host/mix.ts";

/** The next number of a stream, from 0 to below 1. */
export type Random = () => number;

/** The golden ratio of 2^32: states that follow each other are far apart. */
const STEP = 0x9e37_79b9;

/** A stream of random numbers, the same each time for the same seed and stream (SplitMix, Steele 2014). */
export function seeded(seed: number, stream: number): Random {
  let state = mix(seed ^ mix(stream + 1));
  return () => {
    state = (state + STEP) | 0;
    return (mix(state) >>> 0) / 2 ** 32;
  };
}
