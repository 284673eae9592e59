/** What this program uses of `@std/fmt/colors`, which comes without types. */
export function bold(text: string): string;
export function cyan(text: string): string;
export function green(text: string): string;
export function red(text: string): string;
export function yellow(text: string): string;
/** By default colours are on unless `NO_COLOR` is set. */
export function setColorEnabled(value: boolean): void;

/** Takes the escape sequences out of a text. */
export function stripAnsiCode(text: string): string;
