import { domainToASCII } from "node:url";

/** Octets of a label, and of a name with the length octets of its labels (RFC 1035, section 2.3.4). */
const LABEL = 63;
const NAME = 255;

const PRINTABLE = /^[\x21-\x7e]*$/;

/** A name as DNS has it, or what is wrong with it, in a few words. */
export type DnsName = { readonly name: string } | { readonly problem: string };

/**
 * Makes a domain one that fits a DNS message: in lower case, other scripts as IDNA writes them (UTS
 * 46), without a dot at its end. `.` is the root.
 */
export function dnsName(domain: string): DnsName {
  if (domain === ".") return { name: domain };
  const name = ascii(domain.endsWith(".") ? domain.slice(0, -1) : domain);
  if (name === null) return { problem: "the domain has characters that no name can have" };
  const labels = name.split(".");
  if (labels.includes("")) return { problem: "the domain has an empty label" };
  if (labels.some(({ length }) => length > LABEL)) {
    return { problem: `the domain has a label of more than ${LABEL} octets` };
  }
  // Each label has an octet before it; the root is one more
  if (name.length + 2 > NAME) return { problem: `the domain has more than ${NAME - 2} octets` };
  return { name };
}

/** Plain names are left alone: a URL's host would read `1.2` and `0x7f.1` as numbers of an address. */
function ascii(domain: string): string | null {
  if (PRINTABLE.test(domain)) return domain.toLowerCase();
  const converted = domainToASCII(domain);
  return converted !== "" && PRINTABLE.test(converted) ? converted : null;
}
