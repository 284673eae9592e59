/** The known part of a plugin. */
export interface KnownPlugin {
  readonly data: Readonly<Record<string, unknown>>;
  /** Where its functions stand, such as `conclude` or `arms.1.forge`. */
  readonly functions: readonly string[];
  /** Places of unknown values, which are not checked. */
  readonly computed: readonly string[];
}
