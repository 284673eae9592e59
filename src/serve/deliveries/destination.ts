import { z } from "zod";
import { line, must, sized } from "../../plugin/schema/words.ts";
import { webhookUrl } from "./webhook_url.ts";

/** Most destinations of one measurement. */
const MOST = 5;
/** Characters of a URL, and of a secret. */
const LONGEST_URL = 2000;
const SECRET = { least: 16, most: 200 } as const;

/** The name of an observatory in the configuration. */
export const OBSERVATORY_NAME = /^[A-Za-z0-9][A-Za-z0-9_-]{0,49}$/;

/** Where the end of each run is told, or its results are sent. */
export type Destination =
  | {
    readonly webhook: string;
    /** What signatures are made with; null for none. It is never shown. */
    readonly secret: string | null;
  }
  | { readonly observatory: string };

const webhook = line("a URL to which the end of each run is posted")
  .max(LONGEST_URL, must(`at most ${LONGEST_URL} characters`))
  .refine((text) => webhookUrl(text) !== null, must("a URL of http or https, without a user"));

const secret = line("what signatures are made with; it is not shown again")
  .min(SECRET.least, must(`at least ${SECRET.least} characters`))
  .max(SECRET.most, must(`at most ${SECRET.most} characters`));

const destination = z.strictObject({
  webhook: webhook.optional(),
  secret: secret.optional(),
  observatory: z.string(must("a name")).regex(OBSERVATORY_NAME, must("the name of an observatory"))
    .describe("the name of an observatory that the server knows").optional(),
}, must("an object with webhook or observatory")).refine(
  ({ webhook, observatory }) => (webhook === undefined) !== (observatory === undefined),
  must("an object with webhook or observatory, and not both"),
).refine(
  ({ webhook, secret }) => secret === undefined || webhook !== undefined,
  must("without a secret: an observatory has none"),
).transform(({ webhook, secret = null, observatory }): Destination =>
  webhook === undefined ? { observatory: observatory! } : { webhook, secret }
);

/** Destinations, as a request has them. */
export const deliverRequest = sized(
  z.array(destination, must("a list of destinations")),
  { most: MOST },
  `must be at most ${MOST} destinations`,
);

/** A destination as answers have it. */
export function destinationRecord(destination: Destination) {
  if ("observatory" in destination) return { observatory: destination.observatory };
  return { webhook: destination.webhook, signed: destination.secret !== null };
}
