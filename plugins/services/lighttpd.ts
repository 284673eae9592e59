import type { Service } from "../../src/mod.ts";

export default {
  kind: "service",
  name: "lighttpd",
  version: "1.0.0",
  api: "^1",
  summary:
    "web server that goes over to HTTP/2 without TLS when it is asked (RFC 7540, section 3.2)",
  type: "iut",
  speaks: [{ protocol: "http", versions: ["1.1", "2-cleartext"], role: "server" }],
  program: "lighttpd",
  package: "lighttpd",
  asksVersion: ["-v"],
  files: ({ folder, ports }) => ({
    "index.html": "A path is transparent when what goes in comes out.\n",
    "lighttpd.conf": `server.document-root = "${folder}"
server.errorlog = "/dev/stderr"
server.bind = "0.0.0.0"
server.port = ${ports[0]!.port}
server.max-fds = 65536
server.listen-backlog = 65535
server.feature-flags = ("server.h2c" => "${
      ports.some(({ version }) => version === "2-cleartext") ? "enable" : "disable"
    }")
index-file.names = ("index.html")
mimetype.assign = (".html" => "text/plain")
${ports.slice(1).map(({ port }) => `$SERVER["socket"] == "0.0.0.0:${port}" { }\n`).join("")}${
      ports.map(({ port }) => `$SERVER["socket"] == "[::]:${port}" { }\n`).join("")
    }`,
  }),
  arguments: ({ folder }) => ["-D", "-f", `${folder}/lighttpd.conf`],
  stop: "SIGINT",
} satisfies Service;
