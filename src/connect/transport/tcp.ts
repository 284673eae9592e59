import { IPPROTO_TCP } from "../../host/ip_protocol.ts";
import type { Reactor } from "../../host/reactor.ts";
import { resetOnClose } from "../../host/socket.ts";
import type { Exchange, LibrarySession } from "./exchange.ts";
import { TcpAttempt } from "./tcp_attempt.ts";
import type { Transport } from "./transport.ts";

/** TCP: a handshake, then the exchange or session if there is one. */
export function overTcp(reactor: Reactor): Transport<Exchange | LibrarySession | undefined> {
  return {
    protocol: IPPROTO_TCP,
    early: ({ socket }, exchange) =>
      socket.fastOpen === "data" && exchange !== undefined && "request" in exchange
        ? exchange.request()
        : undefined,
    attempt: (socket, { remote, reset }, exchange, owner, early) => {
      if (reset) resetOnClose(socket.fd);
      return new TcpAttempt(socket, remote, reactor, exchange, owner, early);
    },
  };
}
