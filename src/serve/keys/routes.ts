import type { Hono } from "hono";
import { z } from "zod";
import { line, must, oneOf } from "../../plugin/schema/words.ts";
import type { Config } from "../config/schema.ts";
import { bodyOctets, jsonBody } from "../http/body.ts";
import { checkedAs } from "../http/checked.ts";
import type { ServeEnvironment } from "../http/environment.ts";
import { ProblemError } from "../http/problem.ts";
import { requireScope } from "./access.ts";
import { keyRecord } from "./record.ts";
import { SCOPES } from "./scope.ts";
import type { KeyStore } from "./store.ts";

const DAY = 86_400_000;
const LEAST_DAYS = 0.001;
const MOST_DAYS = 36_500;

/** What answers about keys are made of. */
export interface KeyParts {
  readonly keys: KeyStore;
  readonly config: () => Config;
}

const days = must(`a number of days from ${LEAST_DAYS} to ${MOST_DAYS}`);

/** A key that is asked for. */
export const keyRequest = z.strictObject({
  name: line("who gets it").max(200, must("at most 200 characters")),
  scope: oneOf(SCOPES, "what it allows: each allows what those before it do").default("measure"),
  endpoint: line("the endpoint that it is for alone").optional(),
  days: z.number(days).min(LEAST_DAYS, days).max(MOST_DAYS, days)
    .describe("how long it is taken; for ever when missing").optional(),
}, must("an object"));

/** The keys of this server, for those who look after it. */
export function keyRoutes(app: Hono<ServeEnvironment>, { keys, config }: KeyParts): void {
  app.get("/keys", (context) => {
    requireScope(context.get("caller"), "admin");
    context.header("Cache-Control", "no-store");
    return context.json({ keys: keys.list().map(keyRecord) });
  });

  app.post("/keys", async (context) => {
    requireScope(context.get("caller"), "admin");
    const { body: most, seconds } = config().requests;
    const octets = await bodyOctets(context.req.raw, { most, seconds });
    const asked = checkedAs(keyRequest, jsonBody(context.req.raw, octets), "body");
    const { name, scope, endpoint = null, days } = asked;
    if (!keys.some && scope !== "admin") {
      const detail =
        "must be admin for the first key: without one nobody could look after the rest";
      throw new ProblemError(422, `scope ${detail}`, {
        errors: [{ in: "body", at: "/scope", detail }],
      });
    }
    const expires = days === undefined ? null : Date.now() + days * DAY;
    const { key, text } = keys.add({ name, scopes: [scope], endpoint, expires });
    context.header("Location", `/keys/${key.id}`);
    context.header("Cache-Control", "no-store");
    // Its text is told now, and never again
    return context.json({ ...keyRecord(key), key: text }, 201);
  });

  app.delete("/keys/:id", (context) => {
    requireScope(context.get("caller"), "admin");
    const { id } = context.req.param();
    if (keys.revoke(id)) return context.body(null, 204);
    throw new ProblemError(404, `there is no key ${id} that may be used`);
  });
}
