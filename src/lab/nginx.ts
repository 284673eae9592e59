import { tmpdir } from "node:os";
import type { Journal } from "../host/journal.ts";
import { type Certificate, makeCertificate } from "./service/certificate.ts";
import { runWithin } from "./network.ts";

const PROCESSES = `user root;
worker_processes 2;
worker_rlimit_nofile 65536;
events {
  worker_connections 32768;
  multi_accept on;
}`;

/**
 * Starts nginx in a namespace, answering with a short text at all its addresses: HTTP on port 80,
 * HTTPS on port 443, and on port 8443 without HTTP/2. When this returns it is listening. It runs in the background and ends with its namespace.
 */
export function startNginx(namespace: string, journal: Journal): void {
  const directory = `${tmpdir()}/${namespace}-${crypto.randomUUID()}`;
  journal.add({ kind: "directory", path: directory });
  Deno.mkdirSync(directory);
  Deno.writeTextFileSync(
    `${directory}/nginx.conf`,
    configuration(directory, makeCertificate(directory)),
  );
  // Its sockets listen before it goes into the background, so there is nothing to wait for.
  runWithin(namespace, [
    "nginx",
    ...["-p", directory],
    ...["-c", `${directory}/nginx.conf`],
    ...["-e", `${directory}/error.log`],
  ]);
}

/** Configuration to listen on a port of all addresses. */
function listen(port: number, how: string): string {
  return `listen 0.0.0.0:${port} backlog=65535 ${how};
    listen [::]:${port} ipv6only=on backlog=65535 ${how};`;
}

function configuration(directory: string, { certificate, key }: Certificate): string {
  const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
    .map((kind) => `${kind}_temp_path ${directory}/${kind};`).join("\n  ");
  return `${PROCESSES}
pid ${directory}/nginx.pid;
error_log ${directory}/error.log;
http {
  access_log off;
  ${temporary}
  server {
    ${listen(80, "fastopen=65535")}
    ${listen(443, "ssl http2")}
    ${listen(8443, "ssl")}
    ssl_certificate ${certificate};
    ssl_certificate_key ${key};
    default_type text/plain;
    return 200 "A path is transparent when what goes in comes out.\\n";
  }
}
`;
}
