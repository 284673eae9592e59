import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import { Failure } from "../../../src/host/failure.ts";
import { helpers } from "../../../src/measure/helpers.ts";
import type { ObservedFlow } from "../../../src/mod.ts";
import { flow } from "../../data/flow.ts";
import { Folder } from "../../data/temporary.ts";
import { withOctets } from "../../../src/plugin/sandbox/octets.ts";
import { Confined } from "./confined.ts";

/** A plugin whose `preConnect` tries what stands in `attempts`, and says how each ended. */
function trying(attempts: Readonly<Record<string, string>>): string {
  const list = Object.entries(attempts).map(([name, code]) => `${JSON.stringify(name)}: ${code}`);
  return `
    const attempts = { ${list.join(",\n")} };
    export default {
      async preConnect(given) {
        const ended = {};
        for (const [name, attempt] of Object.entries(attempts)) {
          try {
            ended[name] = "GOT " + String(await attempt(given));
          } catch (error) {
            ended[name] = error.name;
          }
        }
        return ended;
      },
    };`;
}

async function outcomes(
  attempts: Readonly<Record<string, string>>,
  changed: Readonly<Record<string, string>> = {},
): Promise<Record<string, string>> {
  using confined = await Confined.start(trying(attempts), changed);
  return await confined.sandbox.call("preConnect", [{ dip: "192.0.2.1" }]) as Record<
    string,
    string
  >;
}

/** The worker's first module when it takes nothing away. */
const NOTHING_TAKEN = {
  "confine.mjs":
    "export const channel = { post: postMessage, write: JSON.stringify, thrown: String, " +
    'receive: (handle) => addEventListener("message", ({ data }) => handle(data)) };',
};

/** What reaches for the host by name. The names are not there. */
const BY_NAME = {
  "a file": '() => Deno.readTextFile("/etc/passwd")',
  "a library": '() => Deno.dlopen("libc.so.6", {})',
  "the environment": '() => Deno.env.get("HOME")',
  "a process": '() => new Deno.Command("id").output()',
  "exit": "() => Deno.exit(0)",
  "core": "() => Deno[Deno.internal].core.ops",
  "fetch": '(job) => fetch("http://127.0.0.1:1/")',
  "a web socket": '() => new WebSocket("ws://127.0.0.1:1/")',
  "an event source": '() => new EventSource("http://127.0.0.1:1/")',
  "a worker in the worker": '() => new Worker("data:text/javascript,1", { type: "module" })',
  "a channel to others": '() => new BroadcastChannel("x")',
  "a cache": '() => caches.open("x")',
  "storage": "() => localStorage.length",
  "Node's process": "() => process.env.HOME",
  "Node's modules": '() => process.getBuiltinModule("fs")',
  "Node's globals": "() => global.process",
  "a buffer": "() => Buffer.alloc(1)",
  "navigator": "() => navigator.hardwareConcurrency",
  "where it lies": "() => location.href",
  "memory to share": "() => new SharedArrayBuffer(8)",
  "WebAssembly": "() => new WebAssembly.Memory({ initial: 1 })",
  "timers": "() => setTimeout(() => {}, 0)",
  "the end of the worker": "() => close()",
  "messages to the program": "() => postMessage(1)",
  "its own events": "() => addEventListener",
};

Deno.test("nothing of the host has a name in a plugin from a URL", async () => {
  for (const [what, ended] of Object.entries(await outcomes(BY_NAME))) {
    assertEquals(ended, "ReferenceError", what);
  }
});

Deno.test("a plugin from a URL cannot make code from text, by which import() could be reached", async () => {
  const ended = await outcomes({
    "eval": `() => eval("1")`,
    "indirect eval": `() => globalThis["ev" + "al"]("1")`,
    "Function": `() => Function("return 1")()`,
    "new Function": `() => new Function("return 1")()`,
    "through a function": `() => (() => {}).constructor("return 1")()`,
    "through a method": `() => [].map.constructor("return 1")()`,
    "through a class": `() => (class {}).constructor("return 1")()`,
    "through what is async": `() => (async () => {}).constructor("return 1")()`,
    "through a generator": `() => (function* () {}).constructor("return 1")()`,
    "through an async generator": `() => (async function* () {}).constructor("return 1")()`,
    "through a prototype": `() => Object.getPrototypeOf(async () => {}).constructor("return 1")()`,
    "through what it is given": `(job) => job.constructor.constructor("return 1")()`,
    "through the global object": `() => self.constructor.constructor("return 1")()`,
    "by construction": `() => Reflect.construct(Function, ["return 1"])()`,
    "by a bound one": `() => Function.prototype.constructor.call(null, "return 1")()`,
    "through the functions on the stack": `() => {
      Error.prepareStackTrace = (_, sites) => sites;
      const functions = new Error().stack.map((site) => site.getFunction()).filter(Boolean);
      const others = functions.filter((one) => !String(one).includes("attempt"));
      return others[0].constructor("return 1")();
    }`,
    "after putting it back": `() => {
      Object.defineProperty(Function.prototype, "constructor", { value: 1 });
      return 1;
    }`,
  });
  for (const [what, how] of Object.entries(ended)) {
    assert(["TypeError", "ReferenceError"].includes(how), `${what}: ${how}`);
  }
});

Deno.test("what a plugin is given leads to nothing but its own copy", async () => {
  using confined = await Confined.start(`
    export default {
      preConnect(job) {
        const attempt = (change) => {
          try {
            change();
          } catch {
            // It is refused
          }
        };
        attempt(() => { Object.prototype.polluted = "yes"; });
        Array.prototype.includes = () => true;
        attempt(() => { job.constructor.prototype.evil = 1; });
        job.dip = "198.51.100.1";
        return { __proto__: null, ["__proto__"]: { polluted: "yes" }, dip: job.dip };
      },
    };`);
  const job = { dip: "192.0.2.1" };
  const answer = await confined.sandbox.call("preConnect", [job]) as object;
  assertEquals(job.dip, "192.0.2.1");
  assertEquals(({} as { polluted?: string }).polluted, undefined);
  assertEquals(({} as { evil?: number }).evil, undefined);
  assertEquals([].includes(1 as never), false);
  assertEquals(Object.getPrototypeOf(answer), Object.prototype);
});

Deno.test("the worker has no permissions, even where nothing was taken from it", async () => {
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, () => {
    reached++;
    return new Response("reached");
  });
  let reached = 0;
  const { port } = server.addr as Deno.NetAddr;
  const ended = await outcomes({
    "a file": '() => Deno.readTextFile("/etc/passwd")',
    "a file to write": '() => Deno.writeTextFile("/tmp/hostile", "x")',
    "fetch": `() => fetch("http://127.0.0.1:${port}/")`,
    "a connection": `() => Deno.connect({ port: ${port} })`,
    "a library": '() => Deno.dlopen("libc.so.6", {})',
    "the environment": "() => JSON.stringify(Deno.env.toObject())",
    "a process": '() => new Deno.Command("id").output()',
    "the system": "() => Deno.hostname()",
    "a permission": `async () => {
      const { state } = await Deno.permissions.request({ name: "read" });
      if (state !== "granted") throw new TypeError(state);
    }`,
    "Node's files": '() => process.getBuiltinModule("node:fs").readFileSync("/etc/passwd")',
  }, NOTHING_TAKEN);
  await server.shutdown();
  for (const [what, how] of Object.entries(ended)) {
    assert(!how.startsWith("GOT"), `${what}: ${how}`);
  }
  assertEquals(reached, 0);
});

Deno.test("messages that a plugin forges end it", async () => {
  const forged = [
    "postMessage({ id: 7, value: 1 })",
    "postMessage(null)",
    'postMessage("x")',
    "postMessage({ described: 1 }); postMessage({ described: 2 })",
    'postMessage({ id: 0, value: { not: "JSON" } })',
    'postMessage({ id: 0, value: "{" })',
    'postMessage({ id: 0, value: `"${"x".repeat(2 ** 20)}"` })',
    "postMessage({ id: { valueOf() { return 0 } }, value: 1 }".replace(
      "{ valueOf() { return 0 } }",
      '"0"',
    ) + ")",
  ];
  for (const message of forged) {
    using confined = await Confined.start(
      `
      export default { preConnect() { ${message}; return new Promise(() => {}); } };`,
      NOTHING_TAKEN,
    );
    await assertRejects(
      () => confined.sandbox.call("preConnect", [{}]),
      Failure,
      "the plugin hostile sent",
    );
  }
});

Deno.test("a plugin that answers what cannot be sent fails in its own name, with its own lines", async () => {
  using confined = await Confined.start(`
    export default {
      preConnect() { return () => 1; },
      merge() {
        throw new Error("on purpose\\u001b[2J");
      },
    };`);
  await assertRejects(
    () => confined.sandbox.call("preConnect", []),
    Failure,
    "the plugin hostile failed in preConnect",
  );
  const thrown = await assertRejects(() => confined.sandbox.call("merge", []), Failure);
  assertMatch(thrown.message, /failed in merge: Error: on purpose\?\[2J\n {4}at .*0\.mjs:5:/);
  assert(!thrown.message.includes("entry.mjs"), thrown.message);
});

Deno.test("what a plugin says comes as lines that a terminal does not obey, and not without end", async () => {
  using confined = await Confined.start(`
    for (let i = 0; i < 1000; i++) console.log("line", i, "\\u001b[2J\\n" + "x".repeat(1000));
    export default { preConnect() { return 1; } };`);
  assertEquals(await confined.sandbox.call("preConnect", []), 1);
  assertEquals(confined.said.length, 100);
  assertMatch(confined.said[0]!, /^hostile: line 0 \?\[2J x+$/);
  assert(confined.said.every((line) => line.length < 600));
});

Deno.test("a plugin that is not plain data is refused with the place", async () => {
  using confined = await Confined.start("export default { arms: [{ name: new Date() }] };");
  await assertRejects(() => confined.sandbox.described, Failure, "arms.0.name is not plain data");
});

Deno.test("conclude has the same helpers in the worker as in the program", async () => {
  using confined = await Confined.start(`
    export default {
      conclude([a, b], { connectivity, compare, tcpFlags }, { ask }) {
        return [connectivity(true, ask), String(compare(a, b)), JSON.stringify(tcpFlags)];
      },
    };`);
  const flows: readonly (readonly [ObservedFlow, ObservedFlow])[] = [
    [flow(), flow()],
    [
      flow(),
      flow({
        spdr_state: 2,
        spdr_outcome: "timeout",
        spdr_stop: "2023-11-14T22:13:30.000Z",
        tcp_connected: false,
        tcp_synflags_rev: null,
      }),
    ],
    [
      flow(),
      flow({
        spdr_state: 2,
        spdr_outcome: "timeout",
        tcp_connected: false,
        tcp_synflags_rev: 0x12,
      }),
    ],
    [flow({ spdr_state: 1 }), flow({ spdr_state: 1 })],
  ];
  const { connectivity, compare, tcpFlags } = helpers;
  for (const [a, b] of flows) {
    for (const ask of [true, false]) {
      assertEquals(
        await confined.sandbox.call("conclude", [[a, b], { ask }]),
        [connectivity(true, ask), String(compare(a, b)), JSON.stringify(tcpFlags)],
      );
    }
  }
  assertEquals(new Set(flows.map(([a, b]) => compare(a, b))), new Set(["works", "broken", null]));
});

Deno.test("what a plugin answers comes whole and plain, or not at all", async () => {
  using confined = await Confined.start(`
    const answers = {
      long: () => "x".repeat(2 ** 20),
      circle: () => { const it = {}; it.it = it; return it; },
      deep: () => { let it = {}; for (let i = 0; i < 1e5; i++) it = { it }; return it; },
      proxy: () => new Proxy({}, { ownKeys() { throw new TypeError("trap"); } }),
      getter: () => ({ get dip() { throw new TypeError("got"); } }),
      map: () => new Map([[1, 2]]),
      number: () => ({ a: [NaN] }),
      shared: () => ({ a: new Uint8Array(8) }),
      bigint: () => 1n,
      symbol: () => Symbol.iterator,
      stack: () => { throw { stack: { toString() { throw 1; } } }; },
      text: () => { throw Object.assign(new Error("x"), { stack: "y".repeat(2 ** 24) }); },
      nothing: () => { throw null; },
      thenable: () => ({ then(resolve) { resolve({ a: [1, "b", null, true] }); } }),
      polluted: () => {
        JSON.stringify = () => "{";
        try {
          Object.prototype.toJSON = () => "polluted";
        } catch {
          // It is refused
        }
        return {};
      },
      json: () => ({ toJSON() { return 1; } }),
      undefined: () => undefined,
    };
    export default { preConnect: (name) => answers[name]() };`);
  const { sandbox } = confined;
  const failures = {
    long: "longer than",
    circle: "nested too deeply",
    deep: "nested too deeply",
    proxy: "trap",
    getter: "got",
    map: "what it returns is not plain data",
    number: "a.0 is not plain data",
    shared: "a is not plain data",
    bigint: "not plain data",
    symbol: "not plain data",
    stack: "something that cannot be written",
    text: "yyy",
    nothing: "null",
    json: "toJSON is a function, and functions cannot leave the worker",
  };
  for (const [name, said] of Object.entries(failures)) {
    const thrown = await assertRejects(() => sandbox.call("preConnect", [name]), Failure, said);
    assert(thrown.message.length < 5000, name);
  }
  assertEquals(await sandbox.call("preConnect", ["undefined"]), undefined);
  assertEquals(await sandbox.call("preConnect", ["thenable"]), { a: [1, "b", null, true] });
  assertEquals(await sandbox.call("preConnect", ["polluted"]), {});
});

Deno.test("a map of the source that a plugin names is neither fetched nor read", async () => {
  let asked = 0;
  await using server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, () => {
    asked++;
    return new Response(map);
  });
  const map = JSON.stringify({ version: 3, sources: ["SECRET"], names: [], mappings: "AAAA" });
  using folder = new Folder();
  const file = folder.put("a.map", new TextEncoder().encode(map));
  const { port } = server.addr as Deno.NetAddr;
  for (const place of [`http://127.0.0.1:${port}/a.map`, `file://${file}`, file]) {
    for (const comment of ["//# ", "//@ ", "/*# "]) {
      const end = `${comment}sourceMappingURL=${place}`;
      for (const ending of [end, `const text = \`\n${end}\`;`, `${end} */`]) {
        if (ending === end && comment === "/*# ") continue;
        using confined = await Confined.start(
          `export default { preConnect() { null.x } };\n${ending}\n`,
        );
        const thrown = await assertRejects(() => confined.sandbox.call("preConnect", []), Failure);
        assert(!thrown.message.includes("SECRET"), `${ending}: ${thrown.message}`);
      }
    }
  }
  assertEquals(asked, 0);
});

Deno.test("a plugin that takes the messages of the program gets none, and can answer none", async () => {
  using confined = await Confined.start(`
    let taken = 0;
    const take = () => { taken++; };
    globalThis.onmessage = take;
    self.onmessage = take;
    export default { preConnect: () => taken };`);
  for (let i = 0; i < 3; i++) {
    assertEquals(await confined.sandbox.call("preConnect", [{}]), 0);
  }
});

Deno.test("a plugin cannot call itself in the program's place", async () => {
  using confined = await Confined.start(`
    const found = [];
    for (let scope = globalThis; scope !== null; scope = Object.getPrototypeOf(scope)) {
      for (const key of Reflect.ownKeys(scope)) {
        if (/event|message|dispatch/i.test(String(key))) found.push(String(key));
      }
    }
    const refused = [];
    for (const event of [{ type: "message" }, { type: "error" }, Object.create(null)]) {
      try {
        dispatchEvent(event);
        refused.push("dispatched");
      } catch (error) {
        refused.push(error.name);
      }
    }
    export default { preConnect: () => [found, refused] };`);
  assertEquals(await confined.sandbox.call("preConnect", [{}]), [
    ["dispatchEvent"],
    ["TypeError", "TypeError", "TypeError"],
  ]);
});

/** The listeners of the worker, which Deno keeps behind a symbol. */
const LISTENERS = `const listeners = Reflect.ownKeys(globalThis)
    .filter((key) => typeof key === "symbol").map((key) => globalThis[key])
    .find((value) => value?.listeners).listeners;`;

Deno.test("a plugin that finds the listeners can neither change them nor call them to any use", async () => {
  using confined = await Confined.start(`
    ${LISTENERS}
    const tries = {
      replace: () => { listeners.message[0].callback = () => {}; },
      remove: () => { delete listeners.error; },
      add: () => { listeners.message.push({ callback: () => {}, options: {} }); },
      whole: () => {
        for (const key of Reflect.ownKeys(globalThis)) {
          if (typeof key === "symbol") globalThis[key] = {};
        }
      },
    };
    let answered = 0;
    export default {
      preConnect() {
        const refused = Object.entries(tries).filter(([, attempt]) => {
          try {
            attempt();
            return false;
          } catch {
            return true;
          }
        });
        for (let i = 0; i < 1000; i++) {
          const data = new Proxy({ id: 0, hook: "merge", args: [] }, {
            get: (call, key) => key in call ? call[key] : "guess",
          });
          listeners.message[0].callback({ data, isTrusted: true });
        }
        return [refused.map(([name]) => name), answered];
      },
      merge() {
        answered++;
        return {};
      },
      conclude: () => ["own"],
    };`);
  assertEquals(await confined.sandbox.call("preConnect", [{}]), [
    ["replace", "remove", "add", "whole"],
    0,
  ]);
  assertEquals(await confined.sandbox.call("conclude", [[], {}]), ["own"]);
});

Deno.test("setters on prototypes show a plugin nothing of the program's messages", async () => {
  using confined = await Confined.start(`
    let seen = "";
    let refused = 0;
    for (const key of ["0", "callback", "data", "secret", "hook"]) {
      for (const { prototype } of [Array, Object]) {
        try {
          Object.defineProperty(prototype, key, {
            configurable: true,
            set(value) {
              seen += key + " " + (value?.secret ?? value?.data?.secret ?? "");
              Object.defineProperty(this, key, {
                value, writable: true, enumerable: true, configurable: true,
              });
            },
          });
        } catch {
          refused++;
        }
      }
    }
    try {
      Object.setPrototypeOf(Array.prototype, { set data(value) { seen += value?.secret; } });
    } catch {
      refused++;
    }
    export default { preConnect: () => [/[0-9a-f]{8}-/.test(seen), refused] };`);
  for (let i = 0; i < 2; i++) {
    assertEquals(await confined.sandbox.call("preConnect", [{}]), [false, 11]);
  }
});

Deno.test("an answer that is nested deep is no answer", async () => {
  const deep = 4000;
  const answer = `"${"[".repeat(deep)}${"]".repeat(deep)}"`;
  const [[name, confine]] = Object.entries(NOTHING_TAKEN) as [[string, string]];
  const changed = confine.replace(
    "write: JSON.stringify",
    `write: (value) => value === 1 ? ${answer} : JSON.stringify(value)`,
  );
  using confined = await Confined.start("export default { preConnect: () => 1 };", {
    [name]: changed,
  });
  await assertRejects(
    () => confined.sandbox.call("preConnect", [{}]),
    Failure,
    "sent an invalid answer",
  );
});

Deno.test("tests that cannot be sent keep no plugin from running", async () => {
  for (const tests of ["[new Date()]", '["x".repeat(600_000)]']) {
    using confined = await Confined.start(`
      export const tests = ${tests};
      export default { preConnect: () => 1 };`);
    assertEquals((await confined.sandbox.described).tests, undefined);
    assertEquals(await confined.sandbox.call("preConnect", [{}]), 1);
  }
});

Deno.test("a plugin is not told where it lies", async () => {
  using confined = await Confined.start(`
    import.meta.own = 1;
    let meta = "a text before"
    import.meta.url;
    const nested = { text: \`\${import.meta.url}\`, main: import.meta.main };
    const stacks = [new Error("here").stack];
    const object = {};
    Error.captureStackTrace(object);
    stacks.push(object.stack);
    try {
      Error.prepareStackTrace = (error, sites) => sites.map((site) => site.getFileName()).join();
    } catch (error) {
      stacks.push(error.stack);
    }
    try {
      null.x;
    } catch (error) {
      stacks.push(error.stack);
    }
    export default { preConnect: () => ({ ...import.meta, nested, meta, stacks }) };`);
  const told = await confined.sandbox.call("preConnect", [{}]) as Record<string, unknown>;
  const { stacks, ...rest } = told;
  const url = "https://example.org/a.ts";
  assertEquals(rest, {
    url,
    main: false,
    nested: { text: url, main: false },
    meta: "a text before",
  });
  for (const stack of stacks as string[]) {
    assert(!/\/tmp|file:/.test(stack), stack);
    assertMatch(stack, /\n {4}at .*0\.mjs:\d+:\d+/);
  }
  assertEquals((stacks as string[]).length, 4);
});

Deno.test("octets of a plugin come as octets", async () => {
  using confined = await Confined.start(
    "export default { arms: [{ name: 'a', udp: { payload: Uint8Array.of(0, 127, 255) } }] };",
  );
  const { data } = await confined.sandbox.described;
  assertEquals(withOctets(data), {
    arms: [{ name: "a", udp: { payload: Uint8Array.of(0, 127, 255) } }],
  });
  const other = { $Uint8Array: [1, 256] };
  assertEquals(withOctets(other), other);
});

Deno.test("a plugin that takes memory without end is ended", async () => {
  // In a program of its own, since a busy worker runs until its program ends
  const { code, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", new URL("memory_main.ts", import.meta.url).pathname],
    stdout: "null",
    stderr: "piped",
  }).output();
  assertMatch(
    new TextDecoder().decode(stderr),
    /^the plugin hostile takes more memory than it may, 512 MB\n$/,
  );
  assertEquals(code, 1);
});
