import { assertEquals, assertThrows } from "@std/assert";
import { FileFaults } from "../../../src/lab/file/yaml.ts";
import { readConfig, usualConfig } from "../../../src/serve/config/read.ts";
import { Folder } from "../../data/temporary.ts";

function read(text: string, name = "serve.yaml") {
  using folder = new Folder();
  return readConfig(folder.put(name, new TextEncoder().encode(text)));
}

/** What is wrong with a file: lines and sentences. */
function faultsOf(text: string, name = "serve.yaml"): (readonly [number, string])[] {
  const error = assertThrows(() => read(text, name), FileFaults) as FileFaults;
  return error.faults.toSorted((a, b) => a.line - b.line).map(({ line, text }) => [line, text]);
}

Deno.test("without a file everything is as usual, and so it is in an empty one", () => {
  const { listen, access, measure } = usualConfig();
  assertEquals([listen.host, listen.port, access.origins, measure.workers], [
    "127.0.0.1",
    8642,
    false,
    100,
  ]);
  assertEquals(read("{}").listen, listen);
  assertEquals(read("", "serve.toml").listen, listen);
});

Deno.test("YAML and TOML say the same", () => {
  const yaml = read(`listen: { port: 9000 }
access:
  origins: [https://example.org]
  proxies: [10.0.0.0/8]
measure: { rate: 0.5 }
`);
  const toml = read(
    `[listen]
port = 9000
[access]
origins = ["https://example.org"]
proxies = ["10.0.0.0/8"]
[measure]
rate = 0.5
`,
    "serve.toml",
  );
  assertEquals(toml, yaml);
  assertEquals([yaml.listen.port, yaml.access.origins], [9000, ["https://example.org"]]);
});

Deno.test("what is wrong is named with its line, in both forms", () => {
  assertEquals(
    faultsOf(`listen:
  prot: 1
access:
  origins: [https://example.org/]
  proxies: [10.0.0.0/33]
measure: { workers: 0 }
`),
    [
      [2, "unknown key prot; did you mean port?"],
      [4, "access.origins.0 must be an origin, such as https://example.org"],
      [5, 'access.proxies.0 is no prefix: "10.0.0.0/33": the length of its prefix is not 0 to 32'],
      [6, "measure.workers must be a whole number from 1 to 10000"],
    ],
  );
  assertEquals(
    faultsOf(
      `[listen]
prot = 1
[measure]
workers = 0
`,
      "serve.toml",
    ),
    [
      [2, "unknown key prot; did you mean port?"],
      [4, "measure.workers must be a whole number from 1 to 10000"],
    ],
  );
  assertEquals(faultsOf("[listen\n", "serve.toml").map(([line]) => line), [1]);
});

Deno.test("where the ends of runs may be told is checked, and no token is in a message", () => {
  const good = read(`deliveries: { webhooks: ["http://10.0.0.1:9/x"], base: https://a.example/ }
observatories: { pto: { url: https://pto.example/raw, token: t, campaign: c, owner: o } }
`);
  assertEquals(good.deliveries, { webhooks: ["http://10.0.0.1:9/x"], base: "https://a.example" });
  assertEquals(good.observatories.pto!.metadata, {});
  assertEquals(usualConfig().deliveries, { webhooks: false, base: "" });
  assertEquals(
    faultsOf(`deliveries:
  webhooks:
    - hooks.example.org
    - https://hooks.example.org/?all
    - https://me:password@hooks.example.org
observatories:
  pto: { url: ftp://pto.example.org, token: "two words", campaign: c, owner: o }
  "a b": { url: https://pto.example.org, token: t, campaign: c, owner: o }
`),
    [
      ...[3, 4, 5].map((line) =>
        [
          line,
          `deliveries.webhooks.${line - 3} must be a URL without a user and a query, such as ` +
          "https://hooks.example.org/spider",
        ] as const
      ),
      [7, "observatories.pto.url must be an address, such as https://pto.example.org"],
      [7, "observatories.pto.token must be an API key, without blanks"],
      [8, "the name a b must be letters, digits, - and _"],
    ],
  );
});

Deno.test("placeholders stand for variables and for other values, and for nothing else", () => {
  Deno.env.set("SPIDER_TEST_PORT", "9001");
  Deno.env.set("SPIDER_TEST_ABOUT", "${listen.host} as it is");
  const config = read(`listen: { host: 127.0.0.2, port: "\${ENV:SPIDER_TEST_PORT}" }
politeness: { about: "\${ENV:SPIDER_TEST_ABOUT}" }
database: /tmp/\${listen.host}/\${listen.port}.db
`);
  assertEquals(config.listen.port, 9001);
  assertEquals(config.politeness.about, "${listen.host} as it is");
  assertEquals(config.database, "/tmp/127.0.0.2/9001.db");
  assertEquals(
    faultsOf(`database: "\${ENV:SPIDER_TEST_NONE}"
pidfile: "\${listen.prot}"
politeness: { about: "\${politeness.about}" }
`),
    [
      [1, "database has ${ENV:SPIDER_TEST_NONE}, and the environment has no SPIDER_TEST_NONE"],
      [2, "pidfile has ${listen.prot}, and there is no such value"],
      [
        3,
        "politeness.about has ${politeness.about}, which stands for itself, or for too many others in a row",
      ],
    ],
  );
});

Deno.test("keys of a stranger's file change no prototype", () => {
  for (
    const [text, name] of [["__proto__: { polluted: 1 }\n", "a.yaml"], [
      "[__proto__]\npolluted = 1\n",
      "a.toml",
    ]]
  ) {
    assertThrows(() => read(text!, name), FileFaults);
    assertEquals(({} as { polluted?: unknown }).polluted, undefined);
  }
});
