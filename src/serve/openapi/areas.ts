import { about } from "../about/operations.ts";
import { deliveries } from "../deliveries/operations.ts";
import { plugins } from "../endpoints/operations.ts";
import { keys } from "../keys/operations.ts";
import { lists } from "../lists/operations.ts";
import { measurements } from "../measurements/operations.ts";
import { page } from "../page/operations.ts";
import { probing } from "../probing/operations.ts";
import { spiders } from "../spiders/operations.ts";
import { status } from "../status/operations.ts";
import type { Area } from "./operation.ts";
import { openapi } from "./operations.ts";

/** All that the server answers itself, in the order of the document. */
export const areas: readonly Area[] = [
  ...[spiders, measurements, lists, deliveries, probing],
  ...[keys, plugins, status, about, openapi, page],
];
