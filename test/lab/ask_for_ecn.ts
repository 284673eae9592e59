/**
 * Runs inside a lab's client: `ask_for_ecn.ts INTERFACE TARGET...` begins two connections to each
 * target, one that asks for ECN and one that does not, and ends when both have sent their SYN.
 */
import { AF_INET, AF_INET6, encodeSockaddr } from "../../src/host/address.ts";
import { EcnRoute } from "../../src/host/ecn_route.ts";
import { Journal } from "../../src/host/journal.ts";
