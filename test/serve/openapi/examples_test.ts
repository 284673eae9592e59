import { assert, assertEquals } from "@std/assert";
import { StateDirectory } from "../../host/state_directory.ts";
import { rootTest } from "../../lab/root.ts";
import { TargetLab } from "../../lab/target_lab.ts";
import { until } from "../../until.ts";
import { Receiver } from "../deliveries/receiver.ts";
import { serverIn } from "../lab_server.ts";
import { RunningServer } from "../running_server.ts";
import { allCarriers, type Carry, NOTHING } from "./carriers.ts";
import { examplesOf, type Found } from "./document.ts";
import { DocumentClient } from "./document_client.ts";

/** Areas whose examples measure. */
const MEASURING: ReadonlySet<string> = new Set(["measurements", "deliveries", "probing"]);

const measures = ({ tags }: Found) => MEASURING.has(tags[0]!);
const scopeOf = ({ security }: Found) => Object.values(security[0] ?? {})[0]?.[0] ?? null;

/** What sends a key of one scope. */
async function carrier(
  client: DocumentClient,
  running: RunningServer,
  scope: "read" | "measure" | "admin",
): Promise<Carry> {
  return await allCarriers(client.document, running.url, running.key({ scopes: [scope] }));
}

Deno.test("examples that measure nothing do as the document says, with keys in any way", async () => {
  await using running = new RunningServer({ access: { keys_in_parameters: true } });
  await running.server.ready;
  const client = await DocumentClient.of(running.url);
  const measure = await carrier(client, running, "measure");
  const carries = new Map([
    ["read", measure],
    ["measure", measure],
    ["admin", await carrier(client, running, "admin")],
  ]);
  const isLast = ({ method }: Found) => method === "DELETE" ? 1 : 0;
  for (const operation of client.operations.toSorted((a, b) => isLast(a) - isLast(b))) {
    if (measures(operation)) continue;
    await client.run(operation.operationId, carries.get(scopeOf(operation) ?? "") ?? NOTHING);
  }
  client.checkAllDone((operation) => !measures(operation));
});

Deno.test("operations take no less than the scope that they name, and refuse as documented", async () => {
  await using running = new RunningServer();
  await running.server.ready;
  const client = await DocumentClient.of(running.url);
  const scopes = ["read", "measure", "admin"] as const;
  const carries = [
    await carrier(client, running, "read"),
    await carrier(client, running, "measure"),
  ];
  const text = running.key({ scopes: ["admin"], endpoint: "netinfo" });
  const elsewhere: Carry = ({ headers }) => headers.set("x-api-key", text);
  for (const operation of client.operations) {
    const scope = scopeOf(operation);
    if (scope === null) continue;
    const [example] = examplesOf(client.document, operation);
    const statusOf = async (carry: Carry) => (await client.ask(operation, example!, carry)).status;
    assertEquals([await statusOf(NOTHING), await statusOf(elsewhere)], [401, 403]);
    // What a key does not see is not there for it
    for (const carry of carries.slice(0, scopes.findIndex((one) => one === scope))) {
      assert([403, 404].includes(await statusOf(carry)), operation.operationId);
    }
    // Those of more are asked with no more where examples are run
    if (scope !== "read") continue;
    assert([200, 404].includes(await statusOf(carries[0]!)), operation.operationId);
  }
});

rootTest("examples that measure do as the document says", async () => {
  await using lab = await TargetLab.open();
  using _state = new StateDirectory();
  await using receiver = new Receiver();
  await using running = serverIn(lab, { deliveries: { webhooks: [`${receiver.origin}/`] } });
  const [target] = lab.addresses("transparent", 4, 1);
  const client = await DocumentClient.of(
    running.url,
    new Map([
      ["192.0.2.", target!.replace(/\d+$/, "")],
      ["https://hooks.example.org", receiver.origin],
    ]),
  );
  await running.server.ready;
  const carry = await carrier(client, running, "measure");
  const run = (id: string, example?: string) => client.run(id, carry, example);

  await run("uploadList", "table");
  await run("requestMeasurement", "planned");
  await run("getSchedule");
  assertEquals((await run("deleteMeasurement")).status, 202);
  await run("requestMeasurement", "listed");
  await run("requestMeasurement", "told");
  await run("followMeasurement");
  const { state, problem, results } = JSON.parse((await run("getMeasurement")).text);
  assertEquals([state, problem, results], ["completed", null, 2]);
  for (const id of ["listMeasurements", "getResults", "getRuns", "getGroups"]) await run(id);

  await until("it is delivered", async () => {
    const { deliveries: [one] } = JSON.parse((await run("listDeliveries")).text);
    return one.state === "delivered";
  });
  await run("getDelivery");
  await run("retryDelivery");
  await receiver.received(2);
  await run("stopMeasurement");
  assertEquals((await run("deleteMeasurement")).status, 204);

  for (const id of ["ping", "trace", "locate"]) await run(id);
  client.checkAllDone(measures);
});
