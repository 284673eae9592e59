import { assertEquals } from "@std/assert";
import { PERMISSIONS } from "../../scripts/compile/permissions.ts";
import { Folder } from "../data/temporary.ts";
import { COPY } from "./special_file_main.ts";

/** Runs the copying program with the binary's permissions, in a shell's redirections. */
async function copy(redirected: string, folder: Folder): Promise<[number, string]> {
  const program = [Deno.execPath(), "run", "--quiet", "--no-check", ...PERMISSIONS, COPY];
  const { code, stdout, stderr } = await new Deno.Command("bash", {
    args: ["-c", redirected, "bash", ...program],
    cwd: folder.path,
    stdin: "null",
  }).output();
  const decoder = new TextDecoder();
  return [code, decoder.decode(stdout) + decoder.decode(stderr)];
}

const TEXT = "10.0.0.1\n".repeat(50_000);

Deno.test("a shell's <(...) and >(...), /dev/stdin and /dev/stdout are files", async () => {
  using folder = new Folder();
  folder.put("text", new TextEncoder().encode(TEXT));
  for (
    const line of [
      'cat text | "$@" /dev/stdin /dev/stdout | cat',
      '"$@" <(cat text) /dev/stdout | cat',
      '"$@" <(gzip -c text) /dev/fd/3 3>&1 | cat',
      '"$@" text >(cat) | cat',
      '"$@" /dev/fd/4 /proc/self/fd/1 4<text | cat',
    ]
  ) {
    assertEquals(await copy(line, folder), [0, TEXT], line);
  }
});

Deno.test("a file in /dev/shm is a file like others, a full device says so", async () => {
  using folder = new Folder();
  folder.put("text", new TextEncoder().encode(TEXT));
  const shared = Deno.makeTempFileSync({ dir: "/dev/shm" });
  try {
    assertEquals(await copy(`"$@" text ${shared}`, folder), [0, ""]);
    assertEquals(Deno.readTextFileSync(shared), TEXT);
    assertEquals(await copy(`"$@" ${shared} /dev/stdout`, folder), [0, TEXT]);
    assertEquals(
      await copy(`"$@" ${shared} ${shared}`, folder),
      [1, `${shared} is the input itself; write the output to another file\n`],
    );
    assertEquals(Deno.readTextFileSync(shared), TEXT);
  } finally {
    Deno.removeSync(shared);
  }
  assertEquals(
    await copy('"$@" text /dev/full', folder),
    [1, "cannot write /dev/full: the disk is full\n"],
  );
  assertEquals(
    await copy('"$@" /dev/none out', folder),
    [1, "cannot read /dev/none: there is no such file or folder\n"],
  );
});
