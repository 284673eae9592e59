// How long answers are waited for. Times are milliseconds since the scan began; those that are kept
// are 32 bits of them, and compared by their differences.

/** Probes to each arm. */
export let rounds: u32 = 1;
/** Milliseconds of an epoch of the tokens. */
export let epochMs: f64 = 1000;
/** So many epochs back a probe is waited for, and known again. */
export let validEpochs: u32 = 1;
export let knownEpochs: u32 = 1;
/** How long after its entry was made a target is concluded at the latest, and forgotten. */
export let patience: i32 = 0;
export let life: i32 = 0;

/**
 * Sets them.
 *
 * @param spread from the first probe to a target to the last one
 */
export function scanExpect(probes: u32, epoch: f64, cooldown: f64, spread: f64): void {
  rounds = probes;
  epochMs = epoch;
  validEpochs = u32(ceil(cooldown / epoch));
  knownEpochs = u32(ceil(2 * cooldown / epoch));
  patience = i32(ceil(spread + cooldown));
  // Until no probe to it can be valid any longer, since a valid answer makes a new entry
  life = i32(ceil(2 * (spread + cooldown) + 2 * epoch));
}
