import { assertEquals } from "@std/assert";
import { Database } from "../../../src/serve/database/database.ts";
import { ResultStore } from "../../../src/serve/measurements/result_store.ts";
import { MeasurementStore } from "../../../src/serve/measurements/store.ts";
import { RunningServer } from "../running_server.ts";

Deno.test("results are had by condition, prefix and time, apart and together", async () => {
  await using running = new RunningServer();
  let id: string;
  {
    using database = Database.open(running.database);
    const request = { spider: "ecn" } as Parameters<MeasurementStore["add"]>[1];
    // In a year, so that it is not begun
    const measurement = new MeasurementStore(database)
      .add(null, request, [], Date.now() + 3e10, Date.now());
    id = measurement.id;
    const results = [1, 2, 3, 4, 5, 6].map((hour) => ({
      dip: hour % 2 === 0 ? `192.0.2.${hour}` : `2001:db8::${hour}`,
      time: { from: `2026-11-30T0${hour}:00:00Z`, to: `2026-11-30T0${hour}:30:00Z` },
      conditions: [`ecn.connectivity.${hour < 4 ? "works" : "broken"}`],
    }));
    new ResultStore(database).addResults(measurement, results);
  }
  const hours = async (query: string) => {
    const { text } = await running.ask(`/measurements/${id}/results?${query}`);
    return text.split("\n").filter(Boolean)
      .map((line) => new Date(JSON.parse(line).time.from).getUTCHours());
  };
  const at = (hour: number) => `2026-11-30T0${hour}:00:00Z`;
  assertEquals(await hours(""), [1, 2, 3, 4, 5, 6]);
  assertEquals(await hours("condition=ecn.connectivity.broken"), [4, 5, 6]);
  assertEquals(await hours("condition=ecn.connectivity.offline"), []);
  assertEquals(await hours("prefix=192.0.2.0/29"), [2, 4, 6]);
  assertEquals(await hours("prefix=192.0.2.4/31"), [4]);
  assertEquals(await hours("prefix=2001:db8::/125"), [1, 3, 5]);
  // Those that began then or later, and before then
  assertEquals(await hours(`from=${at(3)}`), [3, 4, 5, 6]);
  assertEquals(await hours(`to=${at(3)}`), [1, 2]);
  assertEquals(await hours(`from=${at(2)}&to=${at(5)}`), [2, 3, 4]);
  assertEquals(
    await hours(
      `from=${at(2)}&to=${at(6)}&prefix=192.0.2.0/24&condition=ecn.connectivity.broken`,
    ),
    [4],
  );
  for (const query of ["from=yesterday", "prefix=192.0.2.0/33", "prefix=here"]) {
    const { status, text } = await running.ask(`/measurements/${id}/results?${query}`);
    assertEquals([status, JSON.parse(text).errors[0].in], [422, "query"], query);
  }
});
