/**
 * The types that an option's value may have on the command line. An `endpoint` is the address of a
 * host, with a port or without, whose value stays text: `192.0.2.1`, `192.0.2.1:53`, `2001:db8::1`,
 * `[2001:db8::1]:53`, and link-local addresses with a zone, `fe80::1%eth0`.
 */
export type OptionType = "boolean" | "integer" | "number" | "string" | "endpoint";

/** A value that an option can take once it has been read and checked. */
export type OptionValue =
  | boolean
  | number
  | string
  | readonly string[]
  | readonly number[]
  | undefined;

/**
 * One option, declared once. Parsing, checking, defaults and help come from this declaration.
 * The key under which it stands is its long flag without the dashes, such as `output-flows`.
 */
export interface Option {
  /** MANDATORY. The value's type; a `boolean` is a flag that takes no value. */
  readonly type: OptionType;
  /** MANDATORY. What it means, with its unit; one line without a full stop. */
  readonly summary: string;
  /** OPTIONAL. A one-letter form: `w` for `-w`. */
  readonly short?: string;
  /** OPTIONAL. The name of its value in help, such as `FILE`. */
  readonly value?: string;
  /** OPTIONAL. What it is when not given. A flag is `false`, anything else undefined. */
  readonly default?: boolean | number | string;
  /** OPTIONAL. The only values it takes. */
  readonly choices?: readonly string[];
  /**
   * OPTIONAL. It may be given more than once, and its value is the list of what was given: the
   * default alone, or nothing, when it was not given. Not for flags.
   */
  readonly repeated?: boolean;
  /** OPTIONAL. The least value of a number. */
  readonly minimum?: number;
  /** OPTIONAL. The greatest value of a number. */
  readonly maximum?: number;
}

/** Options by their long names. */
export type Options = Readonly<Record<string, Option>>;

/** What was given, by long name: checked, with defaults filled in. */
export type OptionValues = Readonly<Record<string, OptionValue>>;
