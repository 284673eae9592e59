import type { NetworkEnvironment } from "../../src/mod.ts";

export default {
  kind: "environment",
  name: "netns",
  version: "1.0.0",
  api: "^1",
  summary: "network namespaces of this kernel, in which programs run as they are",
  type: "network",
  topology: "namespaces",
  program: "ip",
  package: "iproute2",
} satisfies NetworkEnvironment;
