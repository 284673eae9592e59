import { createHash, randomBytes, timingSafeEqual } from "node:crypto";

/** What a key begins with, by which secret scanners know one. */
const BEGIN = "spider";
/** `spider_ID_SECRET`: the id names its row, and the secret is known as a hash alone. */
const FORM = /^spider_([0-9a-f]{12})_([A-Za-z0-9-]{43})$/;
const ID_OCTETS = 6;
/** So many that a hash without salt and stretching is as hard to turn back as one with them. */
const SECRET_OCTETS = 32;

/** A key that was made just now. It is shown once. */
export interface NewKey {
  readonly id: string;
  /** All of it, as its holder sends it. */
  readonly text: string;
  readonly hash: Uint8Array;
}

/** Makes a key. */
export function newKey(): NewKey {
  const id = randomBytes(ID_OCTETS).toString("hex");
  const secret = randomBytes(SECRET_OCTETS).toString("base64url").replaceAll("_", "-");
  return { id, text: `${BEGIN}_${id}_${secret}`, hash: hashOf(secret) };
}

/** The parts of a key; null for what is none. */
export function readKey(text: string): { readonly id: string; readonly secret: string } | null {
  const [, id, secret] = FORM.exec(text) ?? [];
  return id === undefined || secret === undefined ? null : { id, secret };
}

/**
 * Whether a secret is the one that a hash is of; takes as long whatever it is.
 *
 * @param isEqual compares two hashes of one length in a time that does not depend on them
 */
export function isSecret(
  secret: string,
  hash: Uint8Array,
  isEqual: (own: Uint8Array, kept: Uint8Array) => boolean = timingSafeEqual,
): boolean {
  const own = hashOf(secret);
  return own.length === hash.length && isEqual(own, hash);
}

function hashOf(secret: string): Uint8Array {
  return createHash("sha256").update(secret).digest();
}
