import type { Config } from "../config/schema.ts";
import type { Destination } from "./destination.ts";
import { isBelow, webhookUrl } from "./webhook_url.ts";

/**
 * Why nothing is sent to a destination, as a sentence without a full stop; null where the configuration
 * has it. What a server can reach, those who may ask it often cannot, such as services of its own host: it
 * is its operator who says where it sends something.
 */
export function refusalOf(
  destination: Destination,
  { deliveries: { webhooks }, observatories }: Pick<Config, "deliveries" | "observatories">,
): string | null {
  if ("observatory" in destination) {
    const { observatory: name } = destination;
    return Object.hasOwn(observatories, name)
      ? null
      : `this server knows no observatory ${name}: see observatories of its configuration`;
  }
  if (webhooks === false || webhooks.length === 0) {
    return "this server calls no webhooks: see deliveries.webhooks of its configuration";
  }
  const url = webhookUrl(destination.webhook);
  return url !== null && webhooks.some((prefix) => isBelow(url, new URL(prefix)))
    ? null
    : "this server calls no webhook there: see deliveries.webhooks of its configuration";
}
