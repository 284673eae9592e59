import { libc, must } from "./libc.ts";

/** Which signal comes when the thread that has started this process ends (PR_SET_PDEATHSIG, prctl(2)). */
const SET_PARENT_DEATH_SIGNAL = 1;
/** The numbers of the signals that one can ask for (signal(7)). */
const SIGNALS = { SIGKILL: 9n, SIGTERM: 15n } as const;

/**
 * Has the kernel end this process when its parent ends, however that ends: one that hangs, or measures,
 * would go on after its server was killed.
 *
 * @param signal by which; SIGTERM for one that then ends in order
 */
export function endWithParent(signal: keyof typeof SIGNALS): void {
  must("prctl", libc.prctl(SET_PARENT_DEATH_SIGNAL, SIGNALS[signal], 0n, 0n, 0n));
}
