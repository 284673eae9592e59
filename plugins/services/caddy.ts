import type { Service, ServicePort } from "../../src/mod.ts";

export default {
  kind: "service",
  name: "caddy",
  version: "1.0.0",
  api: "^1",
  summary: "web server: HTTP/1.1, HTTP/2, and HTTP/3 over quic-go",
  type: "iut",
  speaks: [{ protocol: "http", versions: ["1.1", "1.1-tls", "2", "3"], role: "server" }],
  program: "caddy",
  package: "caddy",
  files: ({ ports, certificate, key }) => ({
    Caddyfile: `{
  admin off
  auto_https off
  servers {
    protocols ${protocolsOf(ports)}
  }
}
${
      [...new Map(ports.map((port) => [port.port, port])).values()].map(({ port, tls }) =>
        `${tls ? "https" : "http"}://:${port} {
  ${
          tls
            ? `tls ${certificate} ${key}\n  `
            : ""
        }respond "A path is transparent when what goes in comes out."
}
`
      ).join("")
    }`,
  }),
  arguments: ({ folder }) => ["run", "--config", `${folder}/Caddyfile`, "--adapter", "caddyfile"],
  ready: "serving initial configuration",
} satisfies Service;

/** What it calls the versions: one for each, and none that was not asked for. */
const PROTOCOLS = { "1.1": "h1", "1.1-tls": "h1", "2": "h2", "3": "h3" } as const;

function protocolsOf(ports: readonly ServicePort[]): string {
  const named = ports.map(({ version }) => PROTOCOLS[version as keyof typeof PROTOCOLS]);
  // It offers neither HTTP/2 nor HTTP/3 without HTTP/1.1
  return [...new Set(["h1", ...named])].join(" ");
}
