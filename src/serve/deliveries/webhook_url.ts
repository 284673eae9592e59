/** What some servers read as a slash, or as a step up: octets in another form, and `..;`. */
const HIDDEN_STEP = /%(2f|5c|25)|\.\.;/i;

/** The URL of a webhook; null for a text that can be none. */
export function webhookUrl(text: string): URL | null {
  const url = URL.parse(text);
  if (url === null || !["http:", "https:"].includes(url.protocol)) return null;
  // A password there would be shown
  return url.username === "" && url.password === "" ? url : null;
}

/** Whether a text can stand in the list of what is allowed: a URL without a query and what is behind it. */
export function isWebhookPrefix(text: string): boolean {
  const url = webhookUrl(text);
  return url !== null && !/[?#]/.test(text) && !HIDDEN_STEP.test(url.pathname);
}

/** Whether a URL is of the same origin, and its path is that of a prefix or goes on below it. */
export function isBelow(url: URL, prefix: URL): boolean {
  if (url.origin !== prefix.origin) return false;
  // The parser has taken .. out, and a server might still see it
  if (prefix.pathname !== "/" && HIDDEN_STEP.test(url.pathname)) return false;
  const whole = prefix.pathname.replace(/\/$/, "");
  return url.pathname === whole || url.pathname.startsWith(`${whole}/`);
}
