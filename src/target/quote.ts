/** The longest piece of input that is put into a message, in characters. */
const LENGTH = 40;

/** A value of the input for a message: short, and without control characters. */
export function quote(value: unknown): string {
  const text = cleaned(written(value));
  return text.length > LENGTH ? `${text.slice(0, LENGTH)}...` : text;
}

/** A text of a stranger's for a terminal: control characters, and what else is not seen, as `?`. */
export function cleaned(text: string): string {
  return text.replaceAll(/\p{C}/gu, "?");
}

/** The same of a text of several lines. */
export function cleanedLines(text: string): string {
  return text.replaceAll(/[^\P{C}\n\t]/gu, "?");
}

function written(value: unknown): string {
  try {
    return JSON.stringify(value) ?? typeof value;
  } catch {
    return typeof value; // a BigInt, a circle, or an object that throws
  }
}
