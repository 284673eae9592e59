/** What a terminal does not show, or obeys: JSON.stringify leaves DEL, C1 and bidi controls as they are. */
const UNSEEN = /[^\P{C}\n]/gu;

/** A text without anything else than letters, digits and signs of ASCII, which most are: quicker to tell. */
const PLAIN = /^[ -~]*$/;

/**
 * A value as JSON that is safe on any terminal: what is not seen is escaped (RFC 8259, section 7).
 *
 * @param indent blanks for each level; in one line when missing
 */
export function jsonText(value: unknown, indent?: number): string {
  const text = JSON.stringify(value, null, indent);
  return PLAIN.test(text) ? text : text.replaceAll(UNSEEN, escaped);
}

function escaped(character: string): string {
  return character.split("").map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`)
    .join("");
}
