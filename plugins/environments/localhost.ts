import type { NetworkEnvironment } from "../../src/mod.ts";

export default {
  kind: "environment",
  name: "localhost",
  version: "1.0.0",
  api: "^1",
  summary: "this host alone, over loopback and without middleboxes",
  type: "network",
  topology: "host",
} satisfies NetworkEnvironment;
