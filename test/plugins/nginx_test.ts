import { assert, assertEquals } from "@std/assert";
import nginx from "../../plugins/services/nginx.ts";
import { openFilesLimit } from "../../src/host/limits.ts";

Deno.test("nginx asks for no more open files than it may have, and uses those", () => {
  const configuration = nginx.files({
    ...{ folder: "/folder", ports: [], options: { text: "x", "fast-open": true } },
    ...{ certificate: "/certificate", key: "/key", target: null, peers: [] },
  })["nginx.conf"];
  assertEquals(configuration.includes("worker_rlimit_nofile"), false);
  const connections = Number(/worker_connections (\d+);/.exec(configuration)?.[1]);
  assert(connections === Math.min(32_768, openFilesLimit()), String(connections));
});
