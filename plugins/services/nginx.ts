import type { Service, ServicePort } from "../../src/mod.ts";

export default {
  kind: "service",
  name: "nginx",
  version: "1.0.0",
  api: "^1",
  summary: "web server: HTTP/1.1, and HTTP/2 over TLS",
  type: "iut",
  speaks: [
    { protocol: "tls", versions: ["1.2", "1.3"], role: "server" },
    { protocol: "http", versions: ["1.1", "1.1-tls", "2"], role: "server" },
  ],
  program: "nginx",
  package: "nginx-light",
  fastOpen: true,
  asksVersion: ["-v"],
  options: {
    text: {
      type: "string",
      summary: "what every page holds",
      default: "A path is transparent when what goes in comes out.",
    },
    "fast-open": { type: "boolean", summary: "take data in SYNs (RFC 7413)", default: true },
  },
  files: ({ folder, ports, options, certificate, key }) => ({
    "nginx.conf": `user root;
worker_processes 2;
daemon off;
pid ${folder}/nginx.pid;
error_log stderr;
events {
  worker_connections 32768;
  multi_accept on;
}
http {
  # There is no other way to write one
  geo $dollar {
    default "$";
  }
  access_log off;
  ${
      ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
        .map((kind) => `${kind}_temp_path ${folder}/${kind};`).join("\n  ")
    }
  server {
    ${ports.map((port) => listen(port, options["fast-open"] === true)).join("\n    ")}
    ssl_protocols TLSv1.2${ports.some(isOld) ? "" : " TLSv1.3"};
    ssl_certificate ${certificate};
    ssl_certificate_key ${key};
    default_type text/plain;
    return 200 ${quoted(String(options.text))};
  }
}
`,
  }),
  arguments: ({ folder }) => ["-p", folder, "-c", `${folder}/nginx.conf`, "-e", "stderr"],
} satisfies Service;

/** Whether TLS 1.2 is to be spoken alone. */
function isOld({ protocol, version }: ServicePort): boolean {
  return protocol === "tls" && version === "1.2";
}

/** Listens on a port of all addresses, with a backlog for every handshake. */
function listen({ version, port, tls }: ServicePort, fastOpen: boolean): string {
  const how = [
    ...(tls ? ["ssl"] : []),
    ...(version === "2" ? ["http2"] : []),
    ...(fastOpen ? ["fastopen=65535"] : []),
    "backlog=65535",
  ].join(" ");
  return `listen 0.0.0.0:${port} ${how};\n    listen [::]:${port} ipv6only=on ${how};`;
}

function quoted(text: string): string {
  return `"${
    text.replaceAll(/[\\"]/g, "\\$&").replaceAll("$", "${dollar}").replaceAll("\n", "\\n")
  }\\n"`;
}
