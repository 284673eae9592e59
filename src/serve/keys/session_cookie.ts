/** The cookie that stands for a log-in; plugins/endpoints/sessions.ts sets it. */
export const SESSION_COOKIE = "spider_session";
const COOKIE = new RegExp(`^\\s*${SESSION_COOKIE}=([\\w-]*)\\s*$`);

/** The token of a session in a `Cookie` header; null for none. */
export function sessionIn(cookies: string): string | null {
  for (const cookie of cookies.split(";")) {
    const [, token] = COOKIE.exec(cookie) ?? [];
    if (token) return token;
  }
  return null;
}

/** The other cookies of the header. */
export function withoutSession(cookies: string): string {
  return cookies.split(";").filter((cookie) => !COOKIE.test(cookie)).join(";").trim();
}
