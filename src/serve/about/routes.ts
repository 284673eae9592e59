import type { Hono } from "hono";
import { isLoopback } from "../../host/address.ts";
import type { Config } from "../config/schema.ts";
import type { ServeEnvironment } from "../http/environment.ts";
import { type LookUpName, OwnNames } from "./own_names.ts";

/** Addresses that are good on one link alone (RFC 4291, section 2.5.6; RFC 3927). */
const OF_LINK = /^(fe[89ab][0-9a-f]:|169\.254\.)/i;

/**
 * The page that tells who measures and how to object, for those who were measured: with the addresses
 * that they have seen, and the names that they find by them.
 */
export function aboutRoutes(
  app: Hono<ServeEnvironment>,
  { config, lookUpName }: { readonly config: () => Config; readonly lookUpName?: LookUpName },
): void {
  const names = new OwnNames(lookUpName);
  app.get("/about", async (context) => {
    const { politeness, measure } = config();
    const { about = "This host measures paths through the Internet." } = politeness;
    const addresses = await names.of(sources(measure.interface));
    const from = addresses.length === 0 ? "" : `\nIt measures from ${addresses.join(", ")}.\n`;
    return context.text(`${about}\n${from}`);
  });
}

/** Addresses of some interfaces, or of all where none is named, that others can see. */
function sources(interfaces: readonly string[]): string[] {
  return Deno.networkInterfaces().filter(({ name, address }) =>
    (interfaces.length === 0 || interfaces.includes(name)) && !isLoopback(address) &&
    !OF_LINK.test(address)
  ).map(({ address }) => address);
}
