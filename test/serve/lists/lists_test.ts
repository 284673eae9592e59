import { assertEquals, assertMatch } from "@std/assert";
import { RunningServer } from "../running_server.ts";

Deno.test("lists in any form become resources, with what was no target named", async () => {
  await using running = new RunningServer();
  const upload = async (body: string, query = "name=top") => {
    const { status, text } = await running.ask(`/lists?${query}`, { method: "POST", body });
    return { status, ...JSON.parse(text) };
  };
  const plain = await upload("192.0.2.1\n\n# a comment\n192.0.2.2:8080\nnonsense!\n");
  assertEquals([plain.status, plain.name, plain.targets, plain.skipped], [201, "top", 2, 1]);
  assertMatch(plain.problems[0], /^line 5: /);
  const targets = await running.ask(`/lists/${plain.id}/targets`);
  assertEquals(targets.text, '{"dip":"192.0.2.1"}\n{"dip":"192.0.2.2","dp":8080}\n');
  const csv = await upload("1,example.org\n2,example.net\n", "name=names&needs=domain");
  assertEquals([csv.status, csv.targets, csv.needs], [201, 2, "domain"]);
  const { lists } = JSON.parse((await running.ask("/lists")).text);
  assertEquals(lists.map(({ name }: { name: string }) => name), ["names", "top"]);
  assertEquals((await upload("")).status, 422);
  assertEquals((await upload("192.0.2.1\n", "needs=address")).status, 422, "without a name");
  assertEquals((await running.ask(`/lists/${csv.id}`, { method: "DELETE" })).status, 204);
  assertEquals((await running.ask(`/lists/${csv.id}`)).status, 404);
});

Deno.test("a list is for who has uploaded it, and measurements take their targets from it", async () => {
  await using running = new RunningServer({ measure: { targets: 3 } });
  const [alice, bob] = [running.key(), running.key()];
  const upload = (body: string) =>
    running.ask("/lists?name=mine", { method: "POST", key: alice, body });
  const { id } = JSON.parse((await upload("192.0.2.1\n192.0.2.2\n")).text);
  assertEquals((await upload("192.0.2.1\n".repeat(4))).status, 422);
  assertEquals((await running.ask(`/lists/${id}`, { key: bob })).status, 404);
  assertEquals(JSON.parse((await running.ask("/lists", { key: bob })).text).lists, []);
  const measure = (key: string) =>
    running.ask("/measurements", {
      ...{ method: "POST", key },
      json: { spider: "mss", targets: { list: id }, schedule: { start: "2999-01-01T00:00:00Z" } },
    });
  const refused = await measure(bob);
  assertEquals([refused.status, JSON.parse(refused.text).errors[0].at], [422, "/targets/list"]);
  const taken = await measure(alice);
  assertEquals([taken.status, JSON.parse(taken.text).targets.all], [202, 2]);
});
