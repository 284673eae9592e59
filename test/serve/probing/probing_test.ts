import { assertEquals, assertMatch } from "@std/assert";
import { StateDirectory } from "../../host/state_directory.ts";
import { rootTest } from "../../lab/root.ts";
import { TargetLab } from "../../lab/target_lab.ts";
import { serverIn } from "../lab_server.ts";
import { RunningServer } from "../running_server.ts";

rootTest("pings, traces and localisations are the lines of their commands", async () => {
  await using lab = await TargetLab.open({ boxes: ["ecn-clear-syn"] });
  using _state = new StateDirectory();
  await using running = serverIn(lab);
  const [up] = lab.addresses("transparent", 4, 1);
  const [cleared] = lab.addresses("ecn-clear-syn", 4, 1);
  const probe = async (path: string, json: object) => {
    const { status, headers, text } = await running.ask(path, { method: "POST", json });
    assertEquals([status, headers.get("content-type")], [200, "application/x-ndjson"], text);
    return text.trim().split("\n").map((line) => JSON.parse(line));
  };
  const pings = await probe("/pings", { targets: [up, cleared], queries: 1 });
  assertEquals(
    pings.map(({ dst_addr, rcvd }) => [dst_addr, rcvd]).sort(),
    [[up, 1], [cleared, 1]].sort(),
  );
  const table = await running.ask("/pings", {
    ...{ method: "POST", json: { targets: [up], queries: 1, numeric: true, form: "text" } },
  });
  assertEquals(table.headers.get("content-type"), "text/plain; charset=utf-8");
  assertMatch(table.text, new RegExp(`^HOST .*\n${up} `));
  const csv = await running.ask("/traces", {
    ...{ method: "POST", json: { targets: [up], queries: 1, form: "csv" } },
  });
  assertEquals(csv.headers.get("content-type"), "text/csv; charset=utf-8");
  assertMatch(csv.text, /^host,address,path,hop,/);
  const [trace] = await probe("/traces", { targets: [up], queries: 1, max_ttl: 5 });
  assertEquals([trace.dst_addr, trace.destination_ip_responded], [up, true]);
  const [located] = await probe("/locations", { targets: [cleared], feature: "ecn", max_ttl: 6 });
  assertEquals([located.dst_addr, located.feature], [cleared, "ecn"]);
});

Deno.test("what may not be probed, or cannot, is a problem before anything is sent", async () => {
  await using running = new RunningServer({ politeness: { opted_out: ["192.0.2.0/24"] } });
  const refused = async (path: string, json: object) => {
    const { status, text } = await running.ask(path, { method: "POST", json });
    const { detail, errors = [] } = JSON.parse(text);
    return [status, errors[0]?.at ?? detail];
  };
  assertEquals(await refused("/traces", { targets: ["192.0.2.7"] }), [
    422,
    "192.0.2.7 does not want to be measured",
  ]);
  assertEquals(await refused("/pings", { targets: ["example.org"] }), [422, "/targets/0"]);
  assertEquals(await refused("/pings", { targets: [] }), [422, "/targets"]);
  assertEquals(await refused("/pings", { targets: ["127.0.0.1"], max_ttl: 3 }), [422, "/max_ttl"]);
  assertEquals(await refused("/locations", { targets: ["127.0.0.1"] }), [422, "/feature"]);
  const reader = running.key({ scopes: ["read"] });
  const { status, text } = await running.ask("/pings", {
    ...{ method: "POST", key: reader },
    json: { targets: ["127.0.0.1"] },
  });
  assertEquals(status, 403);
  assertMatch(text, /needs a key with the scope measure/);
});
