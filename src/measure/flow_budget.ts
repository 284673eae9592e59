import { descriptorsNeeded, openFilesLimit } from "../host/limits.ts";

/** Sets of flows that each worker may have open to confirm what it found, where there is room. */
const WISHED = 8;
/** The connections that must fit. */
const NEEDED = 1;

/** How many connections may be open at once at least: those of workers, and of what they confirm. */
export function connectionsAtOnce(workers: number, arms: number): number {
  return (1 + NEEDED) * workers * arms;
}

/**
 * How many sets of flows may be open at once to confirm what was found: as many as this process may
 * have sockets for, beside one of each arm and worker.
 */
export function confirmingSets(workers: number, arms: number): number {
  const room = Math.floor((openFilesLimit() - descriptorsNeeded(0)) / arms) - workers;
  return Math.max(NEEDED * workers, Math.min(WISHED * workers, room));
}
