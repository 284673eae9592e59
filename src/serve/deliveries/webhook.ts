import { createHmac } from "node:crypto";
import { NoAnswer, octetsBody, request } from "../../result/http_request.ts";
import { timeText } from "../measurements/measurement.ts";
import type { RunCounts } from "../measurements/result_store.ts";
import { type AttemptEnd, refused } from "./attempt.ts";
import { type Delivery, deliveryId } from "./delivery.ts";

/** How long an attempt may take, and may stall, in milliseconds. */
const WITHIN = 30_000;
const PATIENCE = 15_000;
/** Characters of an answer that are read; none of them is used. */
const MOST_READ = 4096;

/** What a webhook is told of a run besides what its delivery says. */
export interface RunFacts extends RunCounts {
  readonly spider: string;
  readonly name: string | null;
}

/**
 * What is posted to a webhook, as JSON; the same in each attempt.
 *
 * @param base what its links begin with; empty for paths of this server
 */
export function webhookBody(delivery: Delivery, facts: RunFacts, base: string): string {
  const { of, run, outcome: { started, ended, ...outcome } } = delivery;
  const { spider, name, results, conditions } = facts;
  const self = `${base}/measurements/${of}`;
  return JSON.stringify({
    delivery: deliveryId(delivery),
    measurement: of,
    ...{ name, spider, run },
    ...outcome,
    ...{ results, conditions },
    started: timeText(started),
    ended: timeText(ended),
    links: { measurement: self, results: `${self}/results?run=${run}` },
  });
}

/**
 * The value of `Spider-Signature`: the time in seconds since 1970, and the HMAC-SHA-256 (RFC 2104) of that
 * time, a dot and the body, by which whoever has the secret knows who has sent it, and when.
 */
export function signature(secret: string, body: string, now: number): string {
  const seconds = Math.floor(now / 1000);
  const code = createHmac("sha256", secret).update(`${seconds}.${body}`).digest("hex");
  return `t=${seconds},v1=${code}`;
}

/** Posts to a webhook, once. Redirections are not followed: they would lead where nobody has allowed. */
export async function callWebhook(
  { webhook, secret }: { readonly webhook: string; readonly secret: string | null },
  { id, body, now, signal }: {
    readonly id: string;
    readonly body: string;
    readonly now: number;
    readonly signal: AbortSignal;
  },
): Promise<AttemptEnd> {
  const url = new URL(webhook);
  const octets = new TextEncoder().encode(body);
  try {
    const answer = await request({
      method: "POST",
      url,
      headers: {
        "Content-Type": "application/json",
        "User-Agent": "spider",
        "Spider-Delivery": id,
        ...(secret === null ? {} : { "Spider-Signature": signature(secret, body, now) }),
      },
      body: octetsBody(octets),
      patience: PATIENCE,
      within: WITHIN,
      most: MOST_READ,
      signal,
    });
    const { status } = answer;
    if (status >= 200 && status < 300) return { state: "delivered", status };
    const isRedirect = status >= 300 && status < 400;
    const more = isRedirect ? ", and what it points to is not followed: name that instead" : "";
    return refused(answer, `${url.host} answers ${status}${more}`, now);
  } catch (error) {
    if (!(error instanceof NoAnswer)) throw error;
    const problem = `no answer from ${url.host}: ${error.message}`;
    return { state: "failed", status: null, problem, wait: null };
  }
}
