/** How much JSON may have of what takes time. */
export interface JsonLimits {
  /** Values, in lists and objects at all depths; what is in a list or an object counts, and itself too. */
  readonly values: number;
  /** Members of an object. */
  readonly members: number;
  /** Lists and objects in each other. */
  readonly depth: number;
}

const [QUOTE, COMMA, BACKSLASH] = [0x22, 0x2c, 0x5c];
const [LIST, END_OF_LIST, OBJECT, END_OF_OBJECT] = [0x5b, 0x5d, 0x7b, 0x7d];

/**
 * Of what a text in JSON has too much; null for one that may be parsed. It is told before anything is
 * allocated, and looks no further than to where there is too much. What is no JSON is for the parser to
 * tell.
 */
export function jsonExcess(octets: Uint8Array, most: JsonLimits): keyof JsonLimits | null {
  let values = 1;
  let depth = 0;
  /** Members that there are of the object at each depth; -1 for a list. */
  const members = new Int32Array(most.depth + 1).fill(-1);
  for (let at = 0; at < octets.length; at++) {
    const octet = octets[at]!;
    if (octet === QUOTE) {
      // No octet of a longer character in UTF-8 is one of these
      while (++at < octets.length && octets[at] !== QUOTE) if (octets[at] === BACKSLASH) at++;
    } else if (octet === COMMA) {
      values++;
      if (members[depth]! >= 0 && ++members[depth]! > most.members) return "members";
    } else if (octet === LIST || octet === OBJECT) {
      values++;
      if (++depth > most.depth) return "depth";
      members[depth] = octet === LIST ? -1 : 1;
    } else if ((octet === END_OF_LIST || octet === END_OF_OBJECT) && depth > 0) depth--;
    if (values > most.values) return "values";
  }
  return null;
}
