/** A feature to localise along a path. */
export interface Locatable {
  /** As `spider locate --feature` takes it: `dscp:46`. */
  readonly feature: string;
  /** Prefix of the conditions that report what was found: `dscp.46`. */
  readonly name: string;
}

/**
 * Suffixes of the conditions that a localisation adds to a result, with their meanings. `H` is
 * hops: `3-4` for behind the third and not behind the fourth, where 0 is this host.
 */
export const LOCALISED = {
  "changed_at:H": "what the feature is was changed between hops H, on the way to the target",
  "dropped_at:H": "packets with the feature were dropped between hops H",
  "refused_at:H": "packets with the feature were refused between hops H",
  "unchanged_to:H": "hop H is the last that is known to have seen the feature as it was sent",
  "not_localised": "there was not enough evidence to say where",
} as const;
