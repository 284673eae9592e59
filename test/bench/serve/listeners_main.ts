/** Clients that listen to the events of a measurement to its end: a URL, and how many. */
const [url = "", count = "0"] = Deno.args;
const ended = await Promise.all(
  Array.from({ length: Number(count) }, async (_, at) => {
    const answer = await fetch(url);
    if (at === Number(count) - 1) console.log("all listen");
    let text = "";
    const decoder = new TextDecoder();
    for await (const octets of answer.body!) {
      text = (text + decoder.decode(octets, { stream: true })).slice(-1000);
    }
    return text.includes("event: ended");
  }),
);
console.log(`${ended.filter(Boolean).length} heard of the end`);
