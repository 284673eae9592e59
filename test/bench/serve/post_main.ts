/** Asks the server of this host for a measurement many times: what for, and how often. Prints the ids. */
const [body = "", count = "0"] = Deno.args;
const ids: string[] = [];
for (let at = 0; at < Number(count); at++) {
  for (;;) {
    const answer = await fetch("http://127.0.0.1:8642/measurements", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body,
    });
    if (answer.status === 429) {
      await answer.body?.cancel();
      const seconds = Number(answer.headers.get("retry-after"));
      await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
      continue;
    }
    if (answer.status !== 202) throw new Error(await answer.text());
    ids.push((await answer.json()).id);
    break;
  }
}
console.log(JSON.stringify(ids));
