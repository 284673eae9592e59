/** What a server answers to octets that no client of HTTP would send; all of it, until it ends the connection. */
export async function rawRequest(url: string, text: string): Promise<string> {
  using connection = await Deno.connect({
    hostname: "127.0.0.1",
    port: Number(new URL(url).port),
  });
  const octets = Uint8Array.from(text, (character) => character.charCodeAt(0));
  const read = answerOf(connection);
  for (let at = 0; at < octets.length;) {
    const written = await connection.write(octets.subarray(at)).catch(() => 0);
    // It has answered, and wants no more
    if (written === 0) break;
    at += written;
  }
  return await read;
}

async function answerOf(connection: Deno.Conn): Promise<string> {
  let text = "";
  const octets = new Uint8Array(65_536);
  for (;;) {
    // What it sent before it broke off is its answer
    const length = await connection.read(octets).catch(() => null);
    if (length === null) return text;
    text += new TextDecoder("latin1").decode(octets.subarray(0, length));
  }
}
