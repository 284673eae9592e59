/**
 * The range of octets that a header asks for: first and last. Null for all of them, as where it asks for
 * several ranges or is malformed (RFC 9110, section 14.2); `none` where there are none such.
 */
export function rangeOf(
  header: string | undefined,
  size: number,
): readonly [number, number] | "none" | null {
  const [, from = "", to = ""] = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(header ?? "") ?? [];
  if (from === "" && to === "") return null;
  if (from === "") {
    return Number(to) === 0 || size === 0 ? "none" : [Math.max(0, size - Number(to)), size - 1];
  }
  const [first, last] = [Number(from), to === "" ? size - 1 : Math.min(Number(to), size - 1)];
  if (to !== "" && Number(to) < first) return null;
  return first >= size ? "none" : [first, last];
}
