/** Octets of a file that are read. */
const MOST = 16 << 20;
/** Files of a folder that are read. */
const MOST_FILES = 100;

/** The files of a folder by their names, as texts, without what lies deeper and what links elsewhere. */
export function filesIn(folder: string): Record<string, string> {
  const files: Record<string, string> = Object.create(null);
  const names = [...Deno.readDirSync(folder)].filter(({ isFile }) => isFile)
    .map(({ name }) => name).sort();
  for (const name of names.slice(0, MOST_FILES)) {
    using file = Deno.openSync(`${folder}/${name}`);
    const { size } = file.statSync();
    const octets = new Uint8Array(Math.min(size, MOST));
    let read = 0;
    while (read < octets.length) {
      const count = file.readSync(octets.subarray(read));
      if (count === null) break;
      read += count;
    }
    files[name] = new TextDecoder().decode(octets.subarray(0, read));
  }
  return files;
}
