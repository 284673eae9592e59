import type { Service, ServicePort } from "../../src/mod.ts";

export default {
  kind: "service",
  name: "caddy",
  version: "1.0.0",
  api: "^1",
  summary: "web server: HTTP/1.1, HTTP/2, and HTTP/3 over quic-go",
  type: "iut",
  speaks: [
    { protocol: "tls", versions: ["1.2", "1.3"], role: "server" },
    { protocol: "quic", versions: ["1"], role: "server" },
    { protocol: "http", versions: ["1.1", "1.1-tls", "2", "3"], role: "server" },
  ],
  program: "caddy",
  package: "caddy",
  asksVersion: ["version"],
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
            ? `tls ${certificate} ${key}${oldOf(ports)}\n  `
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

/** What it calls the versions of HTTP: one for each, and none that was not asked for. */
const PROTOCOLS: Readonly<Record<string, string>> = {
  "http 2": "h2",
  "http 3": "h3",
  "quic 1": "h3",
};

function protocolsOf(ports: readonly ServicePort[]): string {
  const named = ports.map(({ protocol, version }) => PROTOCOLS[`${protocol} ${version}`] ?? "h1");
  // It offers neither HTTP/2 nor HTTP/3 without HTTP/1.1
  return [...new Set(["h1", ...named])].join(" ");
}

/** What bounds TLS where its version 1.2 is to be spoken alone. */
function oldOf(ports: readonly ServicePort[]): string {
  const isOld = ports.some(({ protocol, version }) => protocol === "tls" && version === "1.2");
  return isOld ? " {\n    protocols tls1.2 tls1.2\n  }" : "";
}
