import { assertEquals, assertThrows } from "@std/assert";
import { flagOf } from "../../src/cli/flags.ts";
import { checkLimits, PROBING_LIMITS } from "../../src/run/limits.ts";
import {
  field,
  RequestError,
  requestError,
  UnknownNameError,
} from "../../src/run/request_error.ts";

Deno.test("a sentence names fields as the request does, and as options on the command line", () => {
  const error = requestError`${field("sourcePort")} and ${field("paths", 3)} go with ${
    field("ipVersion", 4)
  }; leave out ${field("paths")}, ${7} or a ${field("hosts")}`;
  assertEquals(
    error.message,
    "sourcePort and paths 3 go with ipVersion 4; leave out paths, 7 or a hosts",
  );
  assertEquals(
    error.named(flagOf),
    "--source-port and --paths 3 go with -4; leave out --paths, 7 or a HOST",
  );
  assertEquals(error.fields, ["sourcePort", "paths", "ipVersion", "hosts"]);
});

Deno.test("a name that is not there comes with those that are", () => {
  const error = new UnknownNameError("chain", "tpc", ["basic", "tcp"]);
  assertEquals(error.message, "there is no chain tpc; there are basic, tcp");
  assertEquals([error.given, error.names], ["tpc", ["basic", "tcp"]]);
});

Deno.test("numbers are checked against their limits", () => {
  const { tos, queries, intervalMs } = PROBING_LIMITS;
  const limits = { tos, queries, intervalMs };
  checkLimits({}, limits);
  checkLimits({ tos: undefined, queries: Infinity, intervalMs: 1.5 }, limits);
  checkLimits({ tos: 255, queries: 1_000_000, intervalMs: 1 }, limits);
  const cases = [
    [{ tos: -1 }, "tos must be a whole number from 0 to 255, not -1"],
    [{ tos: 256 }, "tos must be a whole number from 0 to 255, not 256"],
    [{ tos: 1.5 }, "tos must be a whole number from 0 to 255, not 1.5"],
    [{ tos: NaN }, "tos must be a whole number from 0 to 255, not NaN"],
    [{ tos: Infinity }, "tos must be a whole number from 0 to 255, not Infinity"],
    [{ queries: 0 }, "queries must be a whole number from 1 to 1000000, not 0"],
    [{ queries: -Infinity }, "queries must be a whole number from 1 to 1000000, not -Infinity"],
    [{ intervalMs: 0 }, "intervalMs must be a number from 1 to 86400000, not 0"],
  ] as const;
  for (const [request, said] of cases) {
    assertEquals(assertThrows(() => checkLimits(request, limits), RequestError).message, said);
  }
});
