/** Writes a line to standard error. Where nobody can read it any more it is lost, and does no harm. */
export function tell(text: string): void {
  try {
    console.error(text);
  } catch {
    return;
  }
}
