/** The cookie that stands for a log-in; plugins/endpoints/sessions.ts sets it. */
export const SESSION_COOKIE = "spider_session";
const COOKIE = new RegExp(`^\\s*${SESSION_COOKIE}=([\\w-]*)\\s*$`);

/** The tokens of sessions in a `Cookie` header: a page of a neighbouring host may have set one too. */
export function sessionsIn(cookies: string): string[] {
  return cookies.split(";").flatMap((cookie) => COOKIE.exec(cookie)?.[1] || []);
}

/** The other cookies of the header. */
export function withoutSession(cookies: string): string {
  return cookies.split(";").filter((cookie) => !COOKIE.test(cookie)).join(";").trim();
}
