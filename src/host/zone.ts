/** How addresses begin that hold for one link alone (RFC 4291, section 2.5.6). */
const LINK_LOCAL = /^fe[89ab][\da-f]:/i;

/** The name of an interface, or its number, as it can stand behind the `%`. */
const ZONE = /^[^\s/%:\]]{1,15}$/;

/** An address, and the zone behind its `%` (RFC 4007, section 11), null when it has none. */
export function splitZone(text: string): readonly [address: string, zone: string | null] {
  const at = text.indexOf("%");
  return at < 0 ? [text, null] : [text.slice(0, at), text.slice(at + 1)];
}

/** Whether an IP address is a link-local one of IPv6. */
export function isLinkLocal(address: string): boolean {
  return LINK_LOCAL.test(address);
}

/** Whether an address may have a zone, where it has one. */
export function zoneFits(address: string, zone: string | null): boolean {
  return zone === null || isLinkLocal(address) && ZONE.test(zone);
}
