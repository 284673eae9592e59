/** A server that does nothing: the bare loop of what requests cost. Its argument is what it answers. */
const [text = ""] = Deno.args;
const server = Deno.serve(
  {
    hostname: "127.0.0.1",
    port: 0,
    onListen: ({ port }) => console.log(`http://127.0.0.1:${port}`),
  },
  () => new Response(text, { headers: { "content-type": "application/json" } }),
);
Deno.addSignalListener("SIGTERM", () => server.shutdown());
await server.finished;
Deno.exit();
