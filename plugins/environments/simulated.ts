import type { NetworkEnvironment } from "../../src/mod.ts";

export default {
  kind: "environment",
  name: "simulated",
  version: "1.0.0",
  api: "^1",
  summary: "packets that are computed: no namespaces, and no programs of others",
  type: "network",
  topology: "simulated",
} satisfies NetworkEnvironment;
