/**
 * Clients that listen to the events of a measurement to its end: a URL, and how many. A line when all
 * listen, and one with how many heard of the end. They do as little as they can, since they share the
 * processors with the server.
 */
const [url = "", count = "0"] = Deno.args;
const { hostname, port, pathname } = new URL(url);
const request = new TextEncoder().encode(
  `GET ${pathname} HTTP/1.1\r\nHost: ${hostname}:${port}\r\nConnection: close\r\n\r\n`,
);
const decoder = new TextDecoder();
const read = async (connection: Deno.TcpConn, into: Uint8Array) => {
  const length = await connection.read(into);
  return length === null ? "" : decoder.decode(into.subarray(0, length));
};
const clients = await Promise.all(Array.from({ length: Number(count) }, async () => {
  const connection = await Deno.connect({ hostname, port: Number(port) });
  await connection.write(request);
  const into = new Uint8Array(16_384);
  const head = await read(connection, into);
  if (!head.startsWith("HTTP/1.1 200 ")) throw new Error(head);
  return { connection, into };
}));
console.log("all listen");
const ended = await Promise.all(clients.map(async ({ connection, into }) => {
  let last = "";
  for (let text = ""; (text = await read(connection, into)) !== "";) {
    last = (last + text).slice(-1000);
  }
  return last.includes("event: ended");
}));
console.log(ended.filter(Boolean).length);
