import { programPath } from "../../../src/host/program_path.ts";
import { run } from "../../../src/host/run.ts";
import type { Folder } from "../../data/temporary.ts";

/** Makes a root file system with programs of this host, and the libraries that they load; its path. */
export function rootFileSystem(path: string, programs: readonly string[]): string {
  for (const folder of ["dev", "etc", "proc", "run", "sys", "tmp", "var/log/nginx"]) {
    Deno.mkdirSync(`${path}/${folder}`, { recursive: true });
  }
  Deno.writeTextFileSync(`${path}/etc/passwd`, "root:x:0:0:root:/root:/bin/sh\n");
  Deno.writeTextFileSync(`${path}/etc/group`, "root:x:0:\n");
  for (const program of programs) {
    const file = programPath(program)!;
    const libraries = [...run("ldd", [file]).matchAll(/(\/\S+) \(0x/g)].map(([, library]) =>
      library!
    );
    for (const one of [file, ...libraries]) copy(one, `${path}${one}`);
  }
  return path;
}

/** One with lighttpd and its modules. */
export function lighttpdRoot(folder: Folder): string {
  const root = rootFileSystem(folder.at("root"), ["lighttpd"]);
  const modules = "/usr/lib/lighttpd";
  Deno.mkdirSync(`${root}${modules}`, { recursive: true });
  for (const { name } of Deno.readDirSync(modules)) {
    Deno.copyFileSync(`${modules}/${name}`, `${root}${modules}/${name}`);
  }
  return root;
}

/** Copies what a file is, also where its name is a link. */
function copy(from: string, to: string): void {
  Deno.mkdirSync(to.slice(0, to.lastIndexOf("/")), { recursive: true });
  Deno.copyFileSync(Deno.realPathSync(from), to);
}
