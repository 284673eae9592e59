/**
 * A server that takes every connection to the port it is given, and sends every datagram back: what a
 * router may send the connections of others to. Says so with a line once it listens.
 */
import { createSocket } from "node:dgram";
import { once } from "node:events";

const port = Number(Deno.args[0]);

const listener = Deno.listen({ hostname: "::", port }); // IPv4 comes there too
const serve = async () => {
  for await (const connection of listener) connection.close();
};
const serving = serve();
for (const [hostname, type] of [["0.0.0.0", "udp4"], ["::", "udp6"]] as const) {
  const socket = createSocket({ type, ipv6Only: type === "udp6" });
  socket.on("message", (octets, from) => socket.send(octets, from.port, from.address));
  socket.bind(port, hostname);
  await once(socket, "listening");
}
console.log("listening");
await serving;
