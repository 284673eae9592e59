import type { ConnectionType } from "../connection_type.ts";
import { Dialer } from "../dialer.ts";
import type { Exchange, ExchangeProgress } from "../transport/exchange.ts";

const REQUEST = new TextEncoder().encode("HEAD / HTTP/1.0\r\n\r\n");

/** A short request of HTTP/1.0, and the octets that come back until the server closes. */
export const greet: ConnectionType = {
  name: "greet",
  summary: "a HEAD request of HTTP/1.0, and how many octets come back",
  transport: "tcp",
  defaultPort: 80,
  fields: { greet_octets: "octets that came back" },
  chains: ["tcp"],
  open(context) {
    const dialer = Dialer.tcp(context.reactor, context);
    return {
      connect: (request) => dialer.connect(request, new Greeting()),
      close: () => dialer.close(),
    };
  },
};

class Greeting implements Exchange {
  #octets = 0;

  request(): Uint8Array<ArrayBuffer> {
    return REQUEST;
  }

  received({ length }: Uint8Array): ExchangeProgress {
    this.#octets += length;
    return "more";
  }

  ended(): boolean {
    return this.#octets > 0;
  }

  fields(): Readonly<Record<string, unknown>> {
    return { greet_octets: this.#octets };
  }
}
