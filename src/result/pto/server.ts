import { isAddress, isLoopback } from "../../host/address.ts";

/** Where an observatory is: what stands before `/raw`. Null for a text that is no address of one. */
export function observatoryUrl(text: string): URL | null {
  const server = URL.parse(text);
  if (server === null || !["http:", "https:"].includes(server.protocol)) return null;
  // PATHspider's --url ends in /raw/
  return new URL(server.origin + server.pathname.replace(/\/raw\/?$/, "/"));
}

/** Whether a text can be an API key. It is put into a header verbatim, so it must not contain a line end. */
export function isApiKey(text: string): boolean {
  return /^[\x21-\x7e]+$/.test(text);
}

/** Whether a key that is sent there can be seen on the way. */
export function isInTheClear({ protocol, hostname }: URL): boolean {
  const name = hostname.replace(/^\[|\]$/g, "");
  return protocol === "http:" && name !== "localhost" && !(isAddress(name) && isLoopback(name));
}
