import { Flow } from "../flow/flow.ts";
import { numbers, optional, optionalFlag, text, texts, word } from "../output/field.ts";
import { Packet } from "../packet.ts";
import * as tcp from "../wire/tcp.ts";
import * as udp from "../wire/udp.ts";
import { datagram } from "./tls_datagrams.ts";
import { segment } from "./tls_segments.ts";
import * as kept from "./tls_state.ts";
import { CLIENT, ENCRYPTED, REASONS, SERVER, SIZE, State } from "./tls_state.ts";

export const NAME = "tls";
export const SUMMARY =
  "Hellos of TLS over TCP (RFC 8446), the client's in QUIC (RFC 9001), and its JA4";
export const ANNEX: usize = SIZE;

export function declare(): void {
  const known = offsetof<State>("known");
  numbers(
    "tls_versions",
    offsetof<State>("versions"),
    "versions that the client offers in supported_versions, without reserved ones (772 is TLS 1.3), null without",
  );
  optional(
    "tls_version",
    offsetof<State>("version"),
    2,
    known,
    SERVER,
    "version that the server chose over TCP, null before; QUIC has none but 1.3",
  );
  text("tls_sni", offsetof<State>("name"), "host name that the client asks for, null without");
  texts(
    "tls_alpn",
    offsetof<State>("protocols"),
    "protocols that the client offers (ALPN), null without",
  );
  text("tls_ja4", offsetof<State>("fingerprint"), "JA4 of the ClientHello, null before");
  optionalFlag(
    "tls_ech",
    known,
    ENCRYPTED,
    CLIENT,
    "the ClientHello has encrypted_client_hello (RFC 9849), which may be greased; null before",
  );
  word(
    "tls_unread",
    offsetof<State>("unread"),
    REASONS,
    "why a hello was not read: cut (by the capture), gap (something is missing), long (more than 16 KiB, or than there is room for), malformed, incomplete (when the record ended), busy (1,024 others wait for their rest); null without",
  );
}

/** For every packet whose transport header is there. */
export function update(flow: Flow, at: usize, packet: Packet, reverse: bool): void {
  if (packet.protocol == tcp.PROTOCOL) segment(flow, at, packet, reverse);
  else if (packet.protocol == udp.PROTOCOL) datagram(at, packet, reverse);
}

/** Gives back the texts, and hellos that are not whole. */
export function release(annex: usize): void {
  kept.release(annex);
}

/** Hellos hold for all parts of a flow. */
export function goOn(from: usize, to: usize): void {
  kept.goOn(from, to);
}
