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
  /** A ClientHello. */
  readonly client: {
    readonly version: number;
    readonly ciphers: readonly number[];
    readonly extensions: readonly number[];
    readonly versions: readonly number[];
    readonly algorithms: readonly number[];
    readonly protocols: readonly string[];
    readonly name: string | null;
  } | null;
  /** The version that a ServerHello chooses. */
  readonly chosen: number | null;
}

/** The layers above the transport, or null where there is none of them. */
export function webOf(told: Told): Web | null {
  const numbers = (column: TsharkField) => told(column).map(Number);
  const http = told("http2.type").length > 0
    ? "2"
    : told("http.request.version")[0] ?? told("http.response.version")[0];
  const [version, destination, source] = (["quic.version", "quic.dcil", "quic.scil"] as const).map((
    column,
  ) => number(told(column)[0]));
  const [type] = numbers("tls.handshake.type");
  if (http === undefined && version === null && type === undefined) return null;
  const said = numbers("tls.handshake.extensions.supported_version");
  const legacy = numbers("tls.handshake.version")[0];
  return {
    http: http?.replace("HTTP/", "") ?? null,
    quic: version === null
      ? null
      : { version: version!, destination: destination!, source: source! },
    client: type !== 1 ? null : {
      version: legacy!,
      ciphers: numbers("tls.handshake.ciphersuite"),
      extensions: numbers("tls.handshake.extension.type"),
      versions: said,
      algorithms: numbers("tls.handshake.sig_hash_alg"),
      protocols: told("tls.handshake.extensions_alpn_str"),
      name: told("tls.handshake.extensions_server_name")[0] ?? null,
    },
    chosen: type === 2 ? said[0] ?? legacy! : null,
  };
}
