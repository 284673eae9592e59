import type { Service } from "../../src/mod.ts";

export default {
  kind: "service",
  name: "nginx-tracker",
  version: "1.0.0",
  api: "^1",
  summary: "tracker of BitTorrent that tells of the one peer in its URL, over IPv4 and IPv6",
  references: ["BEP 3"],
  type: "iut",
  speaks: [{ protocol: "bittorrent", versions: ["http-tracker"], role: "tracker" }],
  program: "nginx",
  package: "nginx-light",
  asksVersion: ["-v"],
  files: ({ folder, ports: [port] }) => ({
    "nginx.conf": `user root;
daemon off;
pid ${folder}/nginx.pid;
error_log stderr;
events { }
http {
  access_log off;
  ${
      ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
        .map((kind) => `${kind}_temp_path ${folder}/${kind};`).join("\n  ")
    }
  server {
    listen 0.0.0.0:${port!.port};
    listen [::]:${port!.port} ipv6only=on;
    default_type text/plain;
    location = /announce {
      return 200 "d8:intervali1e5:peers0:e";
    }
    # Such as /announce/9:192.0.2.1/6881: the address as a string of bencoding
    location ~ "^/announce/(?<octets>\\d+):(?<address>[0-9a-f.:]+)/(?<number>\\d+)$" {
      return 200 "d8:intervali1e5:peersld2:ip\${octets}:\${address}4:porti\${number}eeee";
    }
  }
}
`,
  }),
  arguments: ({ folder }) => ["-p", folder, "-c", `${folder}/nginx.conf`, "-e", "stderr"],
} satisfies Service;
