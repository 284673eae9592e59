const REQUEST = /^(?!HTTP)[A-Z-]{1,20} [!-\xff]+ HTTP\/1\.([01])[\r\n]/;
const STATUS = /^HTTP\/1\.([01]) /;
const PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

/** The version of HTTP that captured octets begin with. */
export function slowHttpVersion(octets: readonly number[]): string | null {
  const text = String.fromCharCode(...octets);
  if (text.startsWith(PREFACE)) return "2";
  const found = STATUS.exec(text) ?? REQUEST.exec(text);
  return found === null ? null : `1.${found[1]}`;
}
