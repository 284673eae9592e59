import { Validator } from "@seriousme/openapi-schema-validator";
import { assertEquals } from "@std/assert";
import { type AppParts, makeApp } from "../../../src/serve/app.ts";
import { openapiDocument } from "../../../src/serve/openapi/document.ts";
import { VERSION } from "../../../src/version.ts";
import { configWith, RunningServer } from "../running_server.ts";
import { type Document, operationsOf } from "./document.ts";

Deno.test("every route has an operation, and every operation a route", () => {
  const config = configWith();
  // Routes are only named here
  const app = makeApp({ config: () => config } as unknown as AppParts);
  const routes = app.routes.filter(({ method }) => method !== "ALL")
    .map(({ method, path }) => `${method} ${path.replace(/:(\w+)(\{[^}]*\})?/g, "{$1}")}`);
  const document = openapiDocument({ endpoints: [], isKeyInParameters: false });
  const operations = operationsOf(document as unknown as Document)
    .map(({ method, path }) => `${method} ${path}`);
  assertEquals(operations.toSorted(), routes.toSorted());
});

Deno.test("the document is one of OpenAPI 3.1, with and without all that it may have", async () => {
  await using running = new RunningServer({ access: { keys_in_parameters: true } });
  await running.server.ready;
  const { text } = await running.ask("/openapi.json");
  const document = JSON.parse(text);
  assertEquals([document.openapi, document.info.version], ["3.1.1", VERSION]);
  const bare = openapiDocument({ endpoints: [], isKeyInParameters: false });
  for (const one of [document, bare]) {
    assertEquals(await new Validator().validate(structuredClone(one)), { valid: true });
    const { paths } = one as unknown as Document;
    const ids = Object.values(paths).flatMap((item) =>
      Object.values(item).map(({ operationId }) => operationId)
    );
    assertEquals(ids.length, new Set(ids).size);
  }
});

Deno.test("plugins stand in the document as long as they are loaded, for those who may know", async () => {
  await using running = new RunningServer({
    access: { keys_in_parameters: true },
    plugins: { systeminfo: { route_path: "/machine/info", scope: "admin" } },
  });
  await running.server.ready;
  const reader = running.key({ scopes: ["read"] });
  const elsewhere = running.key({ scopes: ["admin"], endpoint: "netinfo" });
  const admin = running.key({ scopes: ["admin"] });
  const plugins = async (key?: string) => {
    const { text } = await running.ask("/openapi.json", key === undefined ? {} : { key });
    const { paths } = JSON.parse(text) as Document;
    return Object.entries(paths).flatMap(([path, item]) =>
      Object.entries(item).filter(([, { tags }]) => tags.includes("endpoints"))
        .map(([method, { security }]) => [path, method, security.at(-1) ?? null])
    );
  };
  const sessions = ["get", "post", "patch", "delete"].map((method) => ["/sessions", method, null]);
  assertEquals([await plugins(), await plugins(elsewhere)], [sessions, sessions]);
  const all = [
    ["/netinfo", "get", { apikey: ["read"] }],
    ...sessions,
    ["/machine/info", "get", { apikey: ["admin"] }],
  ];
  assertEquals(await plugins(reader), all);
  await running.ask("/plugins/netinfo/unload", { method: "POST", key: admin });
  assertEquals(await plugins(reader), all.slice(1));
  assertEquals((await running.ask("/openapi.json", { key: "spider_none" })).status, 401);
});
