import type { Hono } from "hono";
import { z } from "zod";
import { checkedAs } from "../http/checked.ts";
import type { ServeEnvironment } from "../http/environment.ts";
import { parametersOf } from "../http/parameters.ts";
import { ProblemError } from "../http/problem.ts";
import { queryNumber } from "../http/query_number.ts";
import { type Caller, requireScope } from "../keys/access.ts";
import type { Measurement } from "../measurements/measurement.ts";
import type { Courier } from "./courier.ts";
import { type Delivery, deliveryRecord } from "./delivery.ts";
import type { DeliveryStore } from "./store.ts";

/** Most deliveries that one answer has. */
const MOST = 1000;

/** What deliveries can be asked with. */
export const listQuery = z.strictObject({
  limit: queryNumber(1, MOST, "how many at most").default(100),
  before: queryNumber(1, Number.MAX_SAFE_INTEGER, "those before this number").optional(),
});

/** What answers about deliveries are made of. */
export interface DeliveryParts {
  readonly deliveries: DeliveryStore;
  readonly courier: Courier;
}

/**
 * What becomes of deliveries of measurements.
 *
 * @param found the measurement of an id that a caller may see
 */
export function deliveryRoutes(
  app: Hono<ServeEnvironment>,
  { deliveries, courier }: DeliveryParts,
  found: (id: string, caller: Caller) => Measurement,
): void {
  const path = "/measurements/:id/deliveries";
  const foundDelivery = (
    { id, number }: { readonly id: string; readonly number: string },
    caller: Caller,
  ): Delivery => {
    const measurement = found(id, caller).number;
    const delivery = /^\d{1,15}$/.test(number)
      ? deliveries.get({ measurement, number: Number(number) })
      : undefined;
    if (delivery !== undefined) return delivery;
    throw new ProblemError(404, `the measurement ${id} has no delivery ${number}`);
  };

  app.get(path, (context) => {
    const { id } = context.req.param();
    const measurement = found(id, context.get("caller"));
    const { limit, before } = checkedAs(listQuery, parametersOf(context), "query");
    const some = deliveries.list(measurement.number, { before, most: limit });
    if (some.length === limit) {
      const query = `limit=${limit}&before=${some.at(-1)!.number}`;
      context.header("Link", `</measurements/${id}/deliveries?${query}>; rel="next"`);
    }
    return context.json({ deliveries: some.map(deliveryRecord) });
  });

  app.get(
    `${path}/:number`,
    (context) =>
      context.json(deliveryRecord(foundDelivery(context.req.param(), context.get("caller")))),
  );

  app.post(`${path}/:number/retry`, (context) => {
    const caller = context.get("caller");
    const delivery = foundDelivery(context.req.param(), caller);
    requireScope(caller, "measure");
    if (!courier.retry(delivery)) {
      throw new ProblemError(409, "it is being tried just now: ask for it again when it has ended");
    }
    return context.json(deliveryRecord(deliveries.get(delivery)!), 202);
  });
}
