import { z } from "zod";
import { ENDPOINT_METHODS, ENDPOINT_SCOPES, type HttpEndpoint } from "../../contract/endpoint.ts";
import type { EndpointTest } from "../../contract/plugin_test.ts";
import { limits } from "../schema/endpoint_limits.ts";
import { common } from "../schema/manifest.ts";
import { code, list, must, oneOf, sized } from "../schema/words.ts";
import type { Kind } from "./kind.ts";

const schema = z.strictObject({
  kind: z.literal("endpoint", must('"endpoint"')).describe("which part of the program runs it"),
  ...common,
  methods: sized(
    list(oneOf(ENDPOINT_METHODS, "a method"), "methods", "those it answers; GET when missing"),
    { least: 1 },
    "must name a method",
  ).optional(),
  scope: oneOf(ENDPOINT_SCOPES, "who may ask; read when missing").optional(),
  limits: limits.optional(),
  init: code("what is done before the first request").optional(),
  handler: code("how a request is answered"),
  close: code("what is done after the last request").optional(),
});

/** Endpoints of `spider serve`. */
export const kind: Kind = {
  title: "an endpoint",
  schema,
  computed: [],
  // In a worker it gets data, and answers with data
  beyond: () => [],
  asks: ({ methods, scope }) => [
    `answers: ${Array.isArray(methods) ? methods.join(", ") : "GET"}, asked by ` +
    (scope === "open" ? "anybody" : `those with the scope ${scope ?? "read"}`),
  ],
  tests: async () => (await import("../schema/tests.ts")).endpointTests,
  references: () => Promise.resolve([]),
  play: async (plugin, test, options) => {
    const { playEndpointTest } = await import("../testing/play_endpoint.ts");
    return await playEndpointTest(plugin as HttpEndpoint, test as EndpointTest, options);
  },
  scaffold: async (name) => (await import("../scaffold/endpoint.ts")).endpointScaffold(name),
};
