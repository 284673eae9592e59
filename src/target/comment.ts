/** A line without its trailing comment. Without a blank, `#` may be a port, as in dnsmasq. */
export function withoutComment(text: string): string {
  const at = text.includes("#") ? text.search(/\s#/) : -1;
  return at < 0 ? text : text.slice(0, at).trimEnd();
}
