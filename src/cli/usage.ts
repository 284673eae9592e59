import { isFile } from "../host/file_kind.ts";
import { nearest } from "../host/nearest.ts";
import { UsageError } from "../host/usage_error.ts";

/**
 * The error for an unknown name: suggests the nearest known one; where none is near, `otherwise`
 * says what to do.
 */
export function unknownName(
  what: string,
  given: string,
  names: readonly string[],
  otherwise: string,
): UsageError {
  const near = nearest(given, names);
  return new UsageError(
    `unknown ${what} ${given}; ${near === null ? otherwise : `did you mean ${near}?`}`,
  );
}

/** The same for the name of a plugin: where a file of that name lies, that was probably meant. */
export function unknownPlugin(
  what: string,
  given: string,
  names: readonly string[],
  otherwise: string,
): UsageError {
  const file = [given, `${given}.ts`, `${given}.js`].find(isFile) ??
    (isFile(`${given}/mod.ts`) ? given : undefined);
  return file === undefined
    ? unknownName(what, given, names, otherwise)
    : new UsageError(`unknown ${what} ${given}; did you mean the file ./${file}?`);
}
