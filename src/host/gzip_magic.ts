/** What gzip data begins with (RFC 1952, section 2.3.1). */
export const GZIP_MAGIC = [0x1f, 0x8b] as const;

/** Whether data that begins so is gzip's. */
export function isGzip(begin: ArrayLike<number>): boolean {
  return GZIP_MAGIC.every((octet, at) => begin[at] === octet);
}
