import type { Options } from "./option.ts";

/** The version of this contract, which the `api` of a plugin must take in. */
export const API_VERSION = "1.0.0";

/** The kinds of plugin that this version of the program can run. */
export const PLUGIN_KINDS = [
  "spider",
  "chain",
  "middlebox",
  "protocol",
  "service",
  "environment",
  "observer",
  "endpoint",
] as const;

/** One of {@linkcode PLUGIN_KINDS}. */
export type PluginKind = typeof PLUGIN_KINDS[number];

/** What every plugin says of itself, as data. The program's help is made from it. */
export interface Manifest {
  /** MANDATORY. Which part of the program runs this plugin. */
  readonly kind: PluginKind;
  /** MANDATORY. Lower case letters, digits and dashes; unique within its kind. */
  readonly name: string;
  /** MANDATORY. Semantic version of the plugin itself. */
  readonly version: string;
  /** MANDATORY. The range of versions of this contract that it was written for, such as `^1`. */
  readonly api: string;
  /** MANDATORY. One line for help and lists, without a full stop. */
  readonly summary: string;
  /** OPTIONAL. References: RFCs, papers. */
  readonly references?: readonly string[];
  /** OPTIONAL. What the user may set. */
  readonly options?: Options;
  /**
   * OPTIONAL. Other plugins that this one depends on, each with the range of suitable versions,
   * such as `{ ecn: "^1" }`. It runs only where each of them ships with the program, lies in a
   * plugin folder, or was added; and so with what they require in turn.
   */
  readonly requires?: Readonly<Record<string, string>>;
  /**
   * OPTIONAL. Plugins that must not be part of the same run, with ranges as in `requires`. A run has
   * the plugin that was named, and all that is required.
   */
  readonly conflicts?: Readonly<Record<string, string>>;
}

/** A plugin whose file leaves out its name, and which is called as that file is. */
export type Nameless<Plugin extends { readonly name: string }> = Omit<Plugin, "name">;
