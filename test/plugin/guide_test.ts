import { assert, assertEquals } from "@std/assert";
import { fileURLToPath } from "node:url";
import { TargetLab } from "../lab/target_lab.ts";
import { Conversation } from "../../src/plugin/testing/conversation.ts";
import { readPackets } from "../../src/plugin/testing/packet_text.ts";
import { ethernet, ip4, pcapFile, tcp } from "../data/packets.ts";
import { Folder } from "../data/temporary.ts";
import { wordTable } from "../../scripts/readme/tables.ts";
import { rootTest } from "../lab/root.ts";
import { commandLine } from "../spider.ts";
import { blocks, type CodeBlock, guideText, matches, typed } from "./guide.ts";

/** A folder in which the guide is followed, with `spider` on the path, and a server of what is in it. */
class Reader implements AsyncDisposable {
  readonly #folder = new Folder();
  readonly #server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, (request) => {
    const { pathname } = new URL(request.url);
    return new Response(Deno.readTextFileSync(`${this.work}${pathname}`));
  });

  constructor(targets: string) {
    for (const name of ["bin", "work"]) Deno.mkdirSync(this.#folder.at(name));
    const line = commandLine([], undefined).map((word) => `'${word}'`).join(" ");
    const script = `#!/bin/sh\nexec ${line} "$@"\n`;
    Deno.writeTextFileSync(this.#folder.at("bin/spider"), script, { mode: 0o755 });
    this.write("targets", targets);
    Deno.writeFileSync(
      `${this.work}/syn.pcap`,
      pcapFile([{ time: 1, data: ethernet(ip4(tcp({ source: 1000, flags: 2 }))) }]),
    );
  }

  get work(): string {
    return this.#folder.at("work");
  }

  write(name: string, text: string): void {
    Deno.writeTextFileSync(`${this.work}/${name}`, text);
  }

  /** Types a command; what it writes to both of its outputs. */
  async type(
    command: string,
    within: (line: readonly string[]) => readonly string[] = (l) => l,
  ): Promise<string> {
    const [program = "", ...args] = within(["sh", "-c", `${command} 2>&1`]);
    const { stdout } = await new Deno.Command(program, {
      args,
      cwd: this.work,
      env: {
        PATH: `${this.#folder.at("bin")}:${Deno.env.get("PATH")}`,
        XDG_CONFIG_HOME: this.#folder.at("config"),
        XDG_DATA_HOME: this.#folder.at("data"),
        NO_COLOR: "1",
        SITE: `http://127.0.0.1:${this.#server.addr.port}`,
      },
    }).output();
    return new TextDecoder().decode(stdout);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server.shutdown();
    this.#folder[Symbol.dispose]();
  }
}

/** Puts the plugins of the guide where they are typed about. */
function writePlugins(reader: Reader, all: readonly CodeBlock[]): string[] {
  return all.flatMap(({ info, text }) => {
    const [kind, name] = info.split(" ");
    if (kind !== "ts") return [];
    if (name === undefined) throw new Error("a plugin in the guide has no file name");
    reader.write(name, text);
    return [name];
  });
}

Deno.test("the guide has no code that these tests do not run", () => {
  for (const { info } of blocks()) {
    assert(/^(ts \w+\.ts|console( root)?|packets)$/.test(info), info);
  }
});

Deno.test("sessions of the guide write what the guide says, and its plugins have the types", async () => {
  await using reader = new Reader("192.0.2.1\n");
  const files = writePlugins(reader, blocks());
  for (const { info, text } of blocks()) {
    if (info !== "console") continue;
    for (const { command, output } of typed(text)) {
      const written = await reader.type(command);
      assert(matches(written, output), `$ ${command}\n${written}\nin place of\n${output}`);
    }
  }
  const { code, stderr } = new Deno.Command(Deno.execPath(), {
    args: ["check", ...files],
    cwd: reader.work,
  }).outputSync();
  assertEquals(code, 0, new TextDecoder().decode(stderr));
});

rootTest("sessions of the guide that take root write what the guide says", async () => {
  await using lab = await TargetLab.open();
  await using reader = new Reader(`${lab.addresses("transparent", 4, 1)[0]}\n`);
  writePlugins(reader, blocks());
  await reader.type("spider plugins new spider strict");
  const sessions = blocks().filter(({ info }) => info === "console root");
  assertEquals(sessions.length, 1);
  for (const { command, output } of sessions.flatMap(({ text }) => typed(text))) {
    const written = await reader.type(command, (line) => lab.exec(line));
    assert(matches(written, output), `$ ${command}\n${written}\nin place of\n${output}`);
  }
});

Deno.test("packets of the guide can be built", () => {
  const texts = blocks().filter(({ info }) => info === "packets");
  assertEquals(texts.length, 2);
  for (const { text } of texts) {
    for (const flow of readPackets(text, "the guide")) {
      const client = { address: "198.51.100.1", port: 40_001 };
      const server = { address: "192.0.2.1", port: 80 };
      const conversation = new Conversation(client, server, null, "the guide");
      for (const draft of flow) assert(conversation.next(draft).length >= 20);
    }
  }
});

Deno.test("the guide has every word of the packet language", () => {
  const squeeze = (text: string) => text.replaceAll(/ +/g, " ").replaceAll(/-{3,}/g, "---");
  assert(squeeze(guideText()).includes(squeeze(wordTable())), wordTable());
});

Deno.test("links of the guide lead somewhere", () => {
  const text = guideText();
  const folder = new URL("../../src/plugin/", import.meta.url);
  const titles = [...text.matchAll(/^#+ (.*)$/gm)].map(([, title = ""]) =>
    title.toLowerCase().replaceAll(/[^a-z0-9 -]/g, "").replaceAll(" ", "-")
  );
  for (const [, target = ""] of text.matchAll(/\]\(([^)]*)\)/g)) {
    if (target.startsWith("#")) assert(titles.includes(target.slice(1)), target);
    else assert(Deno.statSync(fileURLToPath(new URL(target, folder))).isFile, target);
  }
});
