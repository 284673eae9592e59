import type { Service } from "../../src/mod.ts";

export default {
  kind: "service",
  name: "ngtcp2-server",
  version: "1.0.0",
  api: "^1",
  summary: "web server of HTTP/3 alone, over ngtcp2 and GnuTLS",
  type: "iut",
  speaks: [
    { protocol: "quic", versions: ["1"], role: "server" },
    { protocol: "http", versions: ["3"], role: "server" },
  ],
  program: "gtlsserver",
  package: "ngtcp2-server",
  files: () => ({ "index.html": "A path is transparent when what goes in comes out.\n" }),
  arguments: ({ folder, ports, certificate, key }) => [
    "--quiet",
    `--htdocs=${folder}`,
    "*",
    String(ports[0]!.port),
    key,
    certificate,
  ],
} satisfies Service;
