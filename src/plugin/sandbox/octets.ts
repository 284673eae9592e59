/** The one member of what stands for octets in an answer of the worker: JSON has none. */
export const OCTETS = "$Uint8Array";

/** A worker's answer with octets where they stood; what is no octets stays as it is. */
export function withOctets(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withOctets);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value);
  const [[name, list] = []] = entries;
  if (entries.length === 1 && name === OCTETS && Array.isArray(list) && list.every(isOctet)) {
    return Uint8Array.from(list);
  }
  return Object.fromEntries(entries.map(([key, one]) => [key, withOctets(one)]));
}

function isOctet(value: unknown): value is number {
  return Number.isInteger(value) && (value as number) >= 0 && (value as number) < 256;
}
