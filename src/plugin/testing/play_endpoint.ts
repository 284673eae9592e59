import type { HttpEndpoint } from "../../contract/endpoint.ts";
import type { OptionValues } from "../../contract/option.ts";
import type { EndpointTest } from "../../contract/plugin_test.ts";
import { endpointRequest } from "../endpoint/request.ts";
import { RunningEndpoint } from "../endpoint/running.ts";
import { differences, same, type TestReport } from "./report.ts";

/**
 * Plays a test of an endpoint: a request, and the answer that must come.
 *
 * @throws {Failure} when it throws, or its answer is none
 */
export async function playEndpointTest(
  endpoint: HttpEndpoint,
  { name, request, status, value, has, headers }: EndpointTest,
  options: OptionValues,
): Promise<TestReport> {
  const running = await RunningEndpoint.begin(endpoint, {
    options,
    route: `/${endpoint.name}`,
    config: {},
    log: () => {},
  });
  try {
    const answer = await running.handle(endpointRequest({
      method: request.method ?? "GET",
      path: request.path ?? "",
      query: Object.entries(request.query ?? {}).flatMap(([key, given]) =>
        [given].flat().map((one) => [key, one] as const)
      ),
      headers: Object.entries(request.headers ?? {}),
      body: request.body ?? null,
      client: request.client ?? "192.0.2.1",
      signal: new AbortController().signal,
    }));
    const faults: string[] = [];
    if (status !== undefined && answer.status !== status) {
      faults.push(`the status is ${answer.status}, and ${status} was expected`);
    }
    const said = valueOf(answer.headers.get("content-type"), await answer.text());
    if (value !== undefined && !same(value, said)) {
      faults.push(
        `the answer is ${JSON.stringify(said)}, and ${JSON.stringify(value)} was expected`,
      );
    }
    const members = typeof said === "object" && said !== null ? said : {};
    faults.push(
      ...differences(has, members as Record<string, unknown>, "the answer"),
      ...Object.entries(headers ?? {}).filter(([key, wanted]) => answer.headers.get(key) !== wanted)
        .map(([key, wanted]) =>
          `the header ${key} is ${answer.headers.get(key)}, and ${wanted} was expected`
        ),
    );
    return { name, faults, conditions: null, flows: [] };
  } finally {
    await running.close();
  }
}

/** What JSON says, or else the text itself. */
function valueOf(type: string | null, text: string): unknown {
  return type !== null && /\bjson\b/.test(type) ? JSON.parse(text) : text;
}
