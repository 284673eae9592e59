/**
 * Clients that listen to the events of a measurement to its end: a URL, and how many. A line when all
 * listen, and one with how many heard of the end.
 */
const [url = "", count = "0"] = Deno.args;
const answers = await Promise.all(Array.from({ length: Number(count) }, () => fetch(url)));
console.log("all listen");
const ended = await Promise.all(answers.map(async ({ body }) => {
  let text = "";
  const decoder = new TextDecoder();
  for await (const octets of body!) {
    text = (text + decoder.decode(octets, { stream: true })).slice(-1000);
  }
  return text.includes("event: ended");
}));
console.log(ended.filter(Boolean).length);
