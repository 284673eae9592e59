import { IPPROTO_UDP } from "../../host/ip_protocol.ts";
import type { Reactor } from "../../host/reactor.ts";
import type { ConnectRequest } from "../connection_type.ts";
import type { DatagramExchange } from "./datagram.ts";
import type { Transport } from "./transport.ts";
import { UdpAttempt } from "./udp_attempt.ts";
import { checkForging, senderFor, type SendForged } from "./udp_sender.ts";

/**
 * UDP: a datagram, and the answer to it.
 *
 * @param sendForged for arms that forge; without it their requests fail
 */
export function overUdp(
  reactor: Reactor,
  sendForged?: SendForged,
): Transport<DatagramExchange, ConnectRequest> {
  return {
    protocol: IPPROTO_UDP,
    early: (request) => {
      checkForging(request, sendForged);
      return undefined;
    },
    attempt: ({ fd, local }, request, exchange, owner) => {
      const { remote, timeoutMs } = request;
      const datagram = { fd, local, remote, payload: exchange.request() };
      const sender = senderFor(request, sendForged);
      return new UdpAttempt(datagram, timeoutMs, reactor, exchange, sender, owner);
    },
  };
}
