import type { Field } from "../run/request_error.ts";

/** Fields of requests that options, or what stands beside them, have other names for. */
const OTHERS: Readonly<Record<string, string>> = {
  hosts: "HOST",
  interfaces: "--interface",
  sources: "--source",
};

/** How a command line gives a field of a request: `--source-port` for `sourcePort`. */
export function flagOf({ field, value }: Field): string {
  if (field === "ipVersion") return `-${value}`;
  const name = OTHERS[field] ??
    `--${field.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
  return value === undefined ? name : `${name} ${value}`;
}
