import { assertThrows } from "@std/assert";
import { tcp } from "../../src/connect/types/tcp.ts";
import { Failure } from "../../src/host/failure.ts";
import type { Isolation } from "../../src/host/isolation.ts";
import { Connections } from "../../src/measure/connections.ts";
import type { Connection } from "../../src/mod.ts";

type Context = ConstructorParameters<typeof Connections>[1];

const namespace = { ports: { first: 20_000, last: 20_999 } } as Isolation;
const from = (port: number | null) =>
  ({ local: port === null ? null : { address: "192.0.2.1", port } }) as Connection;

Deno.test("a connection from outside its arm's namespace is refused, not taken for the arm's", () => {
  const isolated = new Connections(tcp, { namespace } as Context);
  for (const port of [20_000, 20_999, null]) isolated.check(from(port), tcp);
  for (const port of [19_999, 21_000]) {
    assertThrows(() => isolated.check(from(port), tcp), Failure, "of the type tcp do not open");
  }
  new Connections(tcp, {} as Context).check(from(19_999), tcp);
});
