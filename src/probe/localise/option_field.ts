/** Names of the TCP options that have one; others are called `option_K`. */
const NAMES: ReadonlyMap<number, string> = new Map([
  [2, "mss"],
  [3, "window_scale"],
  [4, "sack_permitted"],
  [8, "timestamps"],
  [30, "mptcp"],
  [34, "fastopen"],
]);

/** Options whose data is a number. */
const NUMBERS: ReadonlySet<number> = new Set([2, 3]);

/** The name of the field that stands for a kind of TCP option. */
export function optionField(kind: number): string {
  return NAMES.get(kind) ?? `option_${kind}`;
}

/** What an option holds: a number, or octets in hexadecimal; `true` for one that holds nothing. */
export function optionValue(kind: number, data: Uint8Array): number | string | true {
  if (data.length === 0) return true;
  if (NUMBERS.has(kind)) return data.reduce((value, octet) => value * 256 + octet, 0);
  return data.toHex();
}
