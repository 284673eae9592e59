import { libc, must } from "./libc.ts";

/** Which signal comes when the thread that has started this process ends (PR_SET_PDEATHSIG, prctl(2)). */
const SET_PARENT_DEATH_SIGNAL = 1;
const SIGKILL = 9n;

/**
 * Has the kernel kill this process when its parent ends, however that ends: one that hangs would go on
 * for ever after its server was killed.
 */
export function endWithParent(): void {
  must("prctl", libc.prctl(SET_PARENT_DEATH_SIGNAL, SIGKILL, 0n, 0n, 0n));
}
