import { tmpdir } from "node:os";
import type { Journal } from "../host/journal.ts";
import { runWithin } from "./network.ts";

/** Where it listens. */
const PORT = 8080;

/**
 * Starts lighttpd in a namespace, which, unlike nginx, upgrades HTTP to HTTP/2 when it is asked to
 * (RFC 7540, section 3.2). When this returns it is listening. It runs in the background and ends with
 * its namespace.
 */
export function startLighttpd(namespace: string, journal: Journal): void {
  const directory = `${tmpdir()}/${namespace}-${crypto.randomUUID()}`;
  journal.add({ kind: "directory", path: directory });
  Deno.mkdirSync(directory);
  Deno.writeTextFileSync(`${directory}/index.html`, "Over to HTTP/2, when it is asked for.\n");
  Deno.writeTextFileSync(`${directory}/lighttpd.conf`, configuration(directory));
  runWithin(namespace, ["lighttpd", "-f", `${directory}/lighttpd.conf`]);
}

function configuration(directory: string): string {
  return `server.document-root = "${directory}"
server.errorlog = "${directory}/error.log"
server.pid-file = "${directory}/lighttpd.pid"
server.bind = "0.0.0.0"
server.port = ${PORT}
server.max-fds = 65536
server.listen-backlog = 65535
server.feature-flags = ("server.h2c" => "enable")
index-file.names = ("index.html")
mimetype.assign = (".html" => "text/plain")
$SERVER["socket"] == "[::]:${PORT}" { }
`;
}
