/**
 * Runs inside a lab's client: `knock.ts TARGET...` asks each target for a page, without ECN, and
 * writes the outcomes, as a JSON list of "answered", "silent" and names of errors.
 */
/** A host that stalls for seconds is not silent; in milliseconds. */
const PATIENCE = 10_000;

async function knock(hostname: string): Promise<string> {
  try {
    using connection = await Deno.connect({ hostname, port: 80 });
    await connection.write(new TextEncoder().encode("GET / HTTP/1.0\r\n\r\n"));
    const read = await connection.read(new Uint8Array(1024));
    return read === null ? "closed" : "answered";
  } catch (error) {
    return error instanceof Error ? error.name : String(error);
  }
}

const outcomes = Deno.args.map((target) =>
  Promise.race([
    knock(target),
    new Promise<string>((resolve) => setTimeout(() => resolve("silent"), PATIENCE)),
  ])
);
console.log(JSON.stringify(await Promise.all(outcomes)));
Deno.exit();
