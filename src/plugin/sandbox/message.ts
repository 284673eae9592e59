/** A call of one of a plugin's functions, as it is sent to the worker. */
export interface Call {
  /** Comes back with the answer. */
  readonly id: number;
  /** The function's name in the plugin. */
  readonly hook: string;
  /** Its arguments; for `conclude` without the helpers, which cannot be sent. */
  readonly args: readonly unknown[];
}

/** What a plugin says of itself. */
export interface Described {
  /** The plugin without its functions. */
  readonly data: unknown;
  /** Where its functions stand, such as `conclude` or `arms.1.forge`. */
  readonly functions: readonly string[];
  /** What its module exports as `tests`. */
  readonly tests?: unknown;
}
