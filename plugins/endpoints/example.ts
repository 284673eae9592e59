import type { HttpEndpoint } from "../../src/mod.ts";

export default {
  kind: "endpoint",
  name: "example",
  version: "1.0.0",
  api: "^1",
  summary: "says hello, as simply as an endpoint can",
  handler: () => [200, { example: "Hello from example" }],
} satisfies HttpEndpoint;
