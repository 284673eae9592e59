import { createHash } from "node:crypto";
import type { JudgedFlow } from "./flows.ts";
import { bothWays, type Field, type Fields, own } from "./field.ts";
import type { Web } from "./web_layers.ts";

/** What tshark says of payloads of a direction, or of both. */
const said = (flow: JudgedFlow, reverse?: boolean): Web[] =>
  (reverse === undefined ? flow.packets.map(({ packet }) => packet) : own(flow, reverse))
    .flatMap(({ web }) => web === null ? [] : [web]);

/** What tshark says of the web; of a part of a message it says nothing. */
function unlessInParts(fields: Fields): Fields {
  const isPart = ({ packets }: JudgedFlow) =>
    packets.some(({ packet, error }) => !error && packet.fragment !== null);
  return Object.fromEntries(
    Object.entries(fields).map((
      [name, field],
    ) => [name, (flow: JudgedFlow) => isPart(flow) ? undefined : field(flow)]),
  );
}

const VERSIONS_OF_HTTP: Fields = bothWays(
  "http_version",
  (flow, reverse) => {
    // What the first payload begins with: another begins within a message where the capture does
    const first = (way: boolean) => own(flow, way).find(({ tcp }) => (tcp?.payload ?? 0) > 0)?.web;
    const found = first(reverse)?.http ?? null;
    // A server may speak before the client has told tshark that it is HTTP/2
    const spokeFirst = first(!reverse)?.http === "2" &&
      said(flow, reverse).some(({ http }) => http === "2");
    return found ?? (spokeFirst ? "2" : null);
  },
);

const firstLong = (flow: JudgedFlow, reverse: boolean) =>
  said(flow, reverse).find(({ quic }) => quic !== null)?.quic;

export const HTTP = unlessInParts(VERSIONS_OF_HTTP);

export const QUIC: Fields = unlessInParts({
  quic_version: (flow) => said(flow).findLast(({ quic }) => quic !== null)?.quic?.version ?? null,
  ...bothWays("quic_dcid_len", (flow, way) => firstLong(flow, way)?.destination ?? null),
  ...bothWays("quic_scid_len", (flow, way) => firstLong(flow, way)?.source ?? null),
});

const client = (flow: JudgedFlow) => said(flow).find(({ client }) => client !== null)?.client;
const ofClient =
  (value: (hello: NonNullable<Web["client"]>) => ReturnType<Field>): Field => (flow) => {
    const hello = client(flow);
    if (hello?.broken) return undefined;
    return hello ? value(hello) : null;
  };
const listed = <Value>(values: readonly Value[]) => values.length > 0 ? values : null;

const isReserved = (value: number) => value % 257 === 0 && value % 16 === 10;
const hex = (value: number) => value.toString(16).padStart(4, "0");
const digest = (text: string) =>
  text === "" ? "000000000000" : createHash("sha256").update(text).digest("hex").slice(0, 12);
const VERSIONS = new Map([[0x0304, "13"], [0x0303, "12"], [0x0302, "11"], [0x0301, "10"]]);

/** signature_algorithms_cert (RFC 8446), delegated_credentials (RFC 9345). */
const WITH_ALGORITHMS = [50, 34];

/** JA4, step by step as its description has it. */
function ja4(hello: NonNullable<Web["client"]>): string {
  const { ciphers: suites, extensions: types, versions, algorithms: signatures } = hello;
  const [ciphers, extensions, offered, algorithms] = [suites, types, versions, signatures]
    .map((values) => values.filter((value) => !isReserved(value)));
  const version = VERSIONS.get(offered!.length > 0 ? Math.max(...offered!) : hello.version) ??
    "00";
  const two = (values: readonly number[]) => String(values.length).padStart(2, "0");
  const first = hello.protocols[0];
  const sorted = (values: readonly number[]) => values.map(hex).sort().join();
  const kept = sorted(extensions!.filter((type) => type !== 0 && type !== 16));
  const signed = algorithms!.length > 0 ? `_${algorithms!.map(hex).join()}` : "";
  return `${hello.over}${version}${extensions!.includes(0) ? "d" : "i"}${two(ciphers!)}${
    two(extensions!)
  }${first === undefined ? "00" : first[0]! + first.at(-1)!}_${digest(sorted(ciphers!))}_${
    digest(kept === "" ? "" : kept + signed)
  }`;
}

export const TLS: Fields = unlessInParts({
  tls_versions: ofClient(({ versions }) => listed(versions.filter((one) => !isReserved(one)))),
  tls_version: (flow) => said(flow).find(({ chosen }) => chosen !== null)?.chosen ?? null,
  tls_sni: ofClient(({ name }) => name),
  tls_alpn: ofClient(({ protocols }) => listed(protocols)),
  // tshark prints those algorithms too that are in extensions of their own
  tls_ja4: ofClient((hello) =>
    hello.extensions.some((type) => WITH_ALGORITHMS.includes(type)) ? undefined : ja4(hello)
  ),
  tls_ech: ofClient(({ extensions }) => extensions.includes(0xfe0d)),
});
