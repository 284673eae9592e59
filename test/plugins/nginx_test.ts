import { assert } from "@std/assert";
import nginx from "../../plugins/services/nginx.ts";

Deno.test("nginx asks for no more open files than it may have, which takes a privilege", () => {
  const configuration = nginx.files({
    ...{ folder: "/folder", ports: [], options: { text: "x", "fast-open": true } },
    ...{ certificate: "/certificate", key: "/key", target: null, peers: [] },
  })["nginx.conf"];
  assert(!configuration.includes("rlimit"), configuration);
});
