import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import type { NetworkEnvironment, Placing } from "../../../src/contract/environment.ts";
import { isFile } from "../../../src/host/file_kind.ts";
import { Journal } from "../../../src/host/journal.ts";
import { attempt, run } from "../../../src/host/run.ts";
import { loadBundled } from "../../../src/plugin/bundled.ts";
import { readValues } from "../../../src/plugin/schema/option.ts";
import { Folder } from "../../data/temporary.ts";
import { TestNamespace } from "../../host/test_namespace.ts";
import { StateDirectory } from "../../host/state_directory.ts";
import { until } from "../../until.ts";
import { rootTest } from "../root.ts";
import { rootFileSystem } from "./root_file_system.ts";
import { executionEnvironment } from "./wrapped.ts";

const podman = await loadBundled("environment", "podman") as NetworkEnvironment;

let containers = 0;

/** Where a container is put. */
function placing(folder: string, namespace: string, more: Partial<Placing> = {}): Placing {
  return {
    host: "server",
    namespace,
    name: `spider-test-${Deno.pid}-${++containers}.web`,
    folder,
    reads: [],
    image: null,
    options: readValues(podman.options ?? {}, {}),
    ...more,
  };
}

/** A shell that notes SIGUSR1 in a file, passes SIGTERM on to its command, and ends as that does. */
const HEARING = `trap ': >heard' USR1
trap 'kill $command' TERM
"$@" &
command=$!
while kill -0 $command 2>/dev/null; do wait $command; status=$?; done
exit $status`;

/** Starts a command in a container. */
function start(command: readonly string[], place: Placing): Deno.ChildProcess {
  const variables = { HOME: place.folder, LC_ALL: "C" };
  const { words: [program = "", ...args] } = podman.place!({ words: command, variables }, place);
  return new Deno.Command(program, { args, stdin: "null", stdout: "piped", stderr: "piped" })
    .spawn();
}

/** Whether there is a container of a name, running or not. */
function isThere(name: string): boolean {
  return attempt("podman", ["container", "exists", name]).ok;
}

/** A server that answers with a text on a port: its configuration lies in a folder; its command. */
function nginxIn(folder: string, port: number, text: string): string[] {
  const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
    .map((kind) => `${kind}_temp_path ${folder}/${kind};`).join(" ");
  Deno.writeTextFileSync(
    `${folder}/nginx.conf`,
    `user root; daemon off; pid ${folder}/nginx.pid; events { }
http { access_log ${folder}/access.log; ${temporary} server { listen ${port}; return 200 "${text}"; } }\n`,
  );
  return ["nginx", "-p", folder, "-c", `${folder}/nginx.conf`, "-e", "stderr"];
}

function answer(namespace: TestNamespace, port: number): string {
  const args = ["netns", "exec", namespace.name, "curl", "-s", `http://127.0.0.1:${port}/`];
  return attempt("ip", args).stdout;
}

rootTest(
  "a service runs in a container of a root file system, and ends by its signal",
  async () => {
    using folder = new Folder();
    using namespace = new TestNamespace();
    const image = rootFileSystem(folder.at("root"), ["nginx"]);
    Deno.mkdirSync(folder.at("web"));
    const place = placing(folder.at("web"), namespace.name, { image });
    const child = start(nginxIn(place.folder, 8080, "from within"), place);
    const output = child.output();
    await until("nginx answers", () => answer(namespace, 8080) === "from within");
    // It lies in its own folder, and nothing of it on this host
    assert(Deno.statSync(folder.at("web/nginx.pid")).isFile);
    assertEquals([...Deno.readDirSync(folder.at("root/etc"))].map(({ name }) => name).sort(), [
      "group",
      "passwd",
    ]);
    // podman passes signals on only some time after the service has begun: it opens its log anew then
    Deno.removeSync(folder.at("web/access.log"));
    await until("podman passes signals on", () => {
      child.kill("SIGUSR1");
      return [...Deno.readDirSync(folder.at("web"))].some(({ name }) => name === "access.log");
    });
    child.kill("SIGQUIT");
    const { code, stderr } = await output;
    assertEquals(code, 0, new TextDecoder().decode(stderr));
    await until("the container is gone", () => !isThere(place.name));
  },
);

rootTest("an image does, variables and files to read are there, and nothing else", async () => {
  using folder = new Folder();
  using namespace = new TestNamespace();
  const name = `spider-test-${Deno.pid}`;
  const root = rootFileSystem(folder.at("root"), ["sh", "env", "cat", "ls"]);
  run("tar", ["-C", root, "-cf", folder.at("root.tar"), "."]);
  run("podman", ["import", "--quiet", folder.at("root.tar"), name]);
  try {
    Deno.mkdirSync(folder.at("web"));
    const secret = folder.put("key.pem", new TextEncoder().encode("a key\n"));
    const place = placing(folder.at("web"), namespace.name, { image: name, reads: [secret] });
    const script = `cat ${secret}; env; ls /etc; echo x >file; echo y >${secret}`;
    const { code, stdout, stderr } = await start(["sh", "-c", script], place).output();
    const said = new TextDecoder().decode(stdout);
    assert(said.startsWith("a key\n"), said + new TextDecoder().decode(stderr));
    assertStringIncludes(said, `HOME=${place.folder}\n`);
    assertStringIncludes(said, `PWD=${place.folder}\n`);
    assertEquals(folder.text("web/file"), "x\n");
    assertStringIncludes(new TextDecoder().decode(stderr), "Read-only file system");
    assert(code !== 0);
    assertEquals(folder.text("key.pem"), "a key\n");
  } finally {
    run("podman", ["rmi", "--force", name]);
  }
});

rootTest("an image that is not there is not looked for elsewhere", async () => {
  using folder = new Folder();
  using namespace = new TestNamespace();
  const place = placing(folder.path, namespace.name, { image: "spider-test-none" });
  const { code, stderr } = await start(["true"], place).output();
  assertEquals(code, 125);
  assertStringIncludes(new TextDecoder().decode(stderr), "spider-test-none");
});

rootTest("a service in a container is wrapped there, and summed up", async () => {
  using folder = new Folder();
  using namespace = new TestNamespace();
  const image = rootFileSystem(folder.at("root"), [
    ...["sh", "env", "setpriv", "cat", "sleep", "time"],
  ]);
  const time = await executionEnvironment("time");
  Deno.mkdirSync(folder.at("web/time"), { recursive: true });
  const within = time.wrap(
    { words: ["sleep", "100"], variables: {}, service: ["sleep", "100"] },
    folder.at("web/time"),
    {},
  );
  const place = placing(folder.at("web"), namespace.name, { image });
  const child = start(["sh", "-c", HEARING, "sh", ...within.words], place);
  const output = child.output();
  // By its own name: what wraps it has it among its words before it is started
  const names = () => attempt("podman", ["top", place.name, "comm"]).stdout.split("\n");
  await until("it runs", () => names().includes("sleep"));
  // And podman passes signals on: before that, one would end it alone, and leave the container
  await until("podman passes signals on", () => {
    if (isFile(folder.at("web/heard"))) return true;
    child.kill("SIGUSR1");
    return false;
  });
  child.kill("SIGTERM");
  const { code } = await output;
  assertEquals(code, 128 + 15);
  const files = { time: folder.text("web/time/time") };
  const found = time.summarize!({ folder: folder.at("web/time"), files });
  assert(Number(found.most_resident_octets) > 1e5, files.time);
});

rootTest("what a killed run leaves is removed, by the environment and by the journal", async () => {
  using _state = new StateDirectory();
  using folder = new Folder();
  using namespace = new TestNamespace();
  const image = rootFileSystem(folder.at("root"), ["sleep"]);
  const leave = async () => {
    const place = placing(folder.path, namespace.name, { image });
    const child = start(["sleep", "100"], place);
    const output = child.output();
    await until("it runs", () => attempt("podman", ["top", place.name]).ok);
    child.kill("SIGKILL");
    await output;
    assert(isThere(place.name));
    return place;
  };
  const first = await leave();
  const [program = "", ...args] = podman.remove!(first);
  run(program, args);
  assert(!isThere(first.name));
  run(program, args); // what is gone already is no fault
  const second = await leave();
  const journal = Journal.open();
  journal.add({ kind: "container", name: second.name });
  journal.close();
  assert(!isThere(second.name));
});
