import type { FlowField } from "../../contract/flow_field.ts";
import type { Element, OwnElement } from "./elements.ts";
import { Octets } from "./octets.ts";

/** The number of the template of descriptions. */
export const DESCRIPTION = 256;

const ENTERPRISE_BIT = 0x8000;
const VARIABLE = 0xffff;

/** What a description is about: it takes both to name an element (RFC 5610, section 3). */
const SCOPE = [
  { number: 346, length: 4 }, // privateEnterpriseNumber
  { number: 303, length: 2 }, // informationElementId
];

/** What it says. */
const SAID = [
  { number: 339, length: 1 }, // informationElementDataType
  { number: 344, length: 1 }, // informationElementSemantics
  { number: 341, length: VARIABLE }, // informationElementName
  { number: 340, length: VARIABLE }, // informationElementDescription
];

const DEFAULT_SEMANTICS = 0;

/** A template record: its number, and the elements of a data record (RFC 7011, section 3.4.1). */
export function describeTemplate(number: number, elements: readonly Element[]): Uint8Array {
  const octets = new Octets().u16(number).u16(elements.length);
  for (const element of elements) specifier(octets, element);
  return octets.written;
}

/** A description, and one without the words for people, where a message has no room for those. */
export interface Description {
  readonly whole: Uint8Array;
  readonly short: Uint8Array;
}

/** What tells a collector the names and types of elements that are not IANA's (RFC 5610). */
export function describeElement(
  described: readonly { readonly field: FlowField; readonly element: OwnElement }[],
): { readonly template: Uint8Array; readonly records: readonly Description[] } {
  const template = new Octets().u16(DESCRIPTION).u16(SCOPE.length + SAID.length).u16(SCOPE.length);
  for (const part of [...SCOPE, ...SAID]) specifier(template, { ...part, enterprise: 0 });
  const record = ({ number, enterprise, type }: OwnElement, name: string, summary: string) =>
    new Octets().u32(enterprise).u16(number).u8(type).u8(DEFAULT_SEMANTICS).text(name)
      .text(summary).written;
  const records = described.map(({ field: { name, summary }, element }) => ({
    whole: record(element, name, summary),
    short: record(element, name, ""),
  }));
  return { template: template.written, records };
}

/** A field specifier (RFC 7011, section 3.2). */
function specifier(
  to: Octets,
  { number, length, enterprise }: Pick<Element, "number" | "length" | "enterprise">,
): void {
  to.u16(enterprise === 0 ? number : number | ENTERPRISE_BIT).u16(length);
  if (enterprise !== 0) to.u32(enterprise);
}
