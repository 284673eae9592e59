/** A call of one of a plugin's functions, as it is sent to the worker. */
export interface PluginCall {
  /** Comes back with the answer. */
  readonly id: number;
  /** The function's name in the plugin. */
  readonly hook: string;
  /** Its arguments; for `conclude` without the helpers, which cannot be sent. */
  readonly args: readonly unknown[];
}

/** What the worker of a chain is given once, first. */
export interface Loan {
  /** The memory in which it answers, see chain/shared_memory.ts. */
  readonly memory: SharedArrayBuffer;
  /** The dissector's module. */
  readonly wasm: Uint8Array<ArrayBuffer>;
}

/** What the worker of a chain is sent: its loan, or that a request waits in that memory. */
export interface ChainMessage {
  readonly loan?: Loan;
}

/** A message as it is sent, with what only the program and its own code in the worker know. */
export type HostMessage = (PluginCall | ChainMessage) & { readonly secret: string };

/** A plugin's description of itself. */
export interface Described {
  /** The plugin without its functions. */
  readonly data: unknown;
  /** Where its functions stand, such as `conclude` or `arms.1.forge`. */
  readonly functions: readonly string[];
  /** What its module exports as `tests`. */
  readonly tests?: unknown;
}

/** A message of our own code in the worker. It may be forged. */
export type FromWorker =
  /** A line to show. */
  | { readonly said: string }
  /** {@linkcode Described} as JSON, once, first. */
  | { readonly described: string }
  /** Why the plugin cannot be used, in place of that. */
  | { readonly broken: string }
  /** What the plugin threw and nothing caught. */
  | { readonly failed: string }
  /** The answer to a call as JSON, or what was thrown. */
  | { readonly id: number; readonly value: string | undefined }
  | { readonly id: number; readonly error: string };
