import { number } from "./transport.ts";
import type { Told, TsharkField } from "./tshark.ts";

/** What tshark says of a payload that is HTTP, QUIC or TLS. */
export interface Web {
  readonly http: string | null;
  readonly quic: {
    readonly version: number;
    readonly destination: number;
    readonly source: number;
  } | null;
  /** A ClientHello, over TCP or in QUIC, as JA4 has it. */
  readonly client: {
    readonly over: "t" | "q";
    readonly version: number;
    readonly ciphers: readonly number[];
    readonly extensions: readonly number[];
    readonly versions: readonly number[];
    readonly algorithms: readonly number[];
    readonly protocols: readonly string[];
    readonly name: string | null;
    /** Whether it contradicts itself, so that tshark reads a part of it. */
    readonly broken: boolean;
  } | null;
  /** The version that a ServerHello chooses. */
  readonly chosen: number | null;
}

/**
 * The layers above the transport, or null where there is none of them. HTTP is that over TCP, which
 * tshark reads in datagrams too (SSDP).
 */
export function webOf(told: Told, transport: string | undefined): Web | null {
  const numbers = (column: TsharkField) => told(column).map(Number);
  const overTcp = transport === "tcp";
  const http = !overTcp
    ? undefined
    : told("http2.type").length > 0
    ? "2"
    : [...told("http.request.version"), ...told("http.response.version")]
      // It prints whatever stands there, or as much of it as was captured
      .find((said) => said === "HTTP/1.0" || said === "HTTP/1.1");
  const [version, destination, source] = (["quic.version", "quic.dcil", "quic.scil"] as const).map((
    column,
  ) => number(told(column)[0]));
  // Of QUIC the hello of the client alone is looked at
  const [type] = numbers("tls.handshake.type").filter((one) =>
    overTcp || version !== null && one === 1
  );
  if (http === undefined && version === null && type === undefined) return null;
  const said = numbers("tls.handshake.extensions.supported_version");
  const legacy = numbers("tls.handshake.version")[0];
  return {
    http: http?.replace("HTTP/", "") ?? null,
    quic: version === null
      ? null
      : { version: version!, destination: destination!, source: source! },
    client: type !== 1 ? null : {
      over: version === null ? "t" : "q",
      version: legacy!,
      ciphers: numbers("tls.handshake.ciphersuite"),
      extensions: numbers("tls.handshake.extension.type"),
      versions: said,
      algorithms: numbers("tls.handshake.sig_hash_alg"),
      protocols: told("tls.handshake.extensions_alpn_str"),
      name: told("tls.handshake.extensions_server_name")[0] ?? null,
      broken: told("_ws.malformed").length > 0,
    },
    chosen: type === 2 ? said[0] ?? legacy! : null,
  };
}
