/** The longest piece of input that is put into a message, in characters. */
const LENGTH = 40;

/** A value of the input for a message: short, and without control characters. */
export function quote(value: unknown): string {
  const text = written(value).replaceAll(/\p{C}/gu, "?");
  return text.length > LENGTH ? `${text.slice(0, LENGTH)}...` : text;
}

function written(value: unknown): string {
  try {
    return JSON.stringify(value) ?? typeof value;
  } catch {
    return typeof value; // a BigInt, a circle, or an object that throws
  }
}
