import type { Option, Options, OptionValue, OptionValues } from "../contract/option.ts";

/** What an option is when it is not given. */
export function defaultValue(option: Option): OptionValue {
  const { default: preset, repeated, type } = option;
  if (repeated) return preset === undefined ? [] : [preset] as readonly string[];
  return preset ?? (type === "boolean" ? false : undefined);
}

/** What options are when none is given. */
export function defaultValues(options: Options = {}): OptionValues {
  return Object.fromEntries(
    Object.entries(options).map(([name, option]) => [name, defaultValue(option)]),
  );
}
