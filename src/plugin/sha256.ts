import { encodeHex } from "@std/encoding/hex";

/** The SHA-256 of octets or of a text in UTF-8 (FIPS 180-4), as lower case hexadecimal digits. */
export async function sha256(content: Uint8Array<ArrayBuffer> | string): Promise<string> {
  const octets = typeof content === "string" ? new TextEncoder().encode(content) : content;
  return encodeHex(new Uint8Array(await crypto.subtle.digest("SHA-256", octets)));
}
