import { z } from "zod";

/** Headers of answers that say something about what was asked for. */
export const HEADERS = {
  "Link": z.string().describe("where the next ones are, as rel=next (RFC 8288)"),
  "Location": z.string().meta({ format: "uri-reference", description: "where it is" }),
  "Total-Count": z.string().regex(/^\d+$/).describe("how many there are in all"),
  "Retry-After": z.string().regex(/^\d+$/).describe("seconds until it is worth another try"),
  "WWW-Authenticate": z.string().describe("how to send a key (RFC 6750)"),
} as const;

/** The name of one. */
export type HeaderName = keyof typeof HEADERS;
