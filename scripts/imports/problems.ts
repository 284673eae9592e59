import type { Imports } from "../imports.ts";
import { circles } from "./circles.ts";

/** The floors of the house, the lowest first. What stands on one imports from it, and from those below. */
const FLOORS: readonly (readonly string[])[] = [
  ["contract", "types", "version.ts"],
  ["host"],
  ["connect", "observe", "target", "result", "transit"],
  ["measure", "probe", "plugin", "scan"],
  ["run", "lab"],
  ["serve"],
  ["cli"],
  ["mod.ts", "main.ts"],
];

/** The room of the page, which runs in browsers: it shares types with the rest, and nothing else. */
const PAGE = "src/page/";
const FOR_PAGE = [PAGE, "src/contract/", "src/types/"];

/** The one file that takes the standard streams of the process. */
const STREAMS = "src/host/streams.ts";
const STANDARD_STREAM = /\bDeno\.std(in|out|err)\b|\bconsole\.\w+\(/;
const COMMENT_LINE = /^ *(\*|\/\/).*$/gm;

/**
 * What is wrong with imports, in sentences: a circle, an import from a higher floor, a room without a
 * floor, a plugin that imports more than the library, a page that imports more than types, a native library that is not opened in host/,
 * standard streams that are not taken from where commands get them.
 *
 * @param texts what stands in the files
 * @param root the URL of the project's folder
 */
export function importProblems(
  imports: Imports,
  texts: ReadonlyMap<string, string>,
  root: string,
): string[] {
  const path = (href: string) => href.slice(root.length);
  const codeOf = (href: string) => (texts.get(href) ?? "").replaceAll(COMMENT_LINE, "");
  const found = circles(imports).map((files) =>
    `These files import each other: ${files.map(path).join(", ")}`
  );
  for (const [href, targets] of imports) {
    const file = path(href);
    for (const target of targets.map(path)) {
      if (isForbidden(file, target)) {
        found.push(`${file} imports ${target}, which is not for it`);
      }
    }
    if (!isPlugin(file) && !isPage(file) && floorOf(file) < 0) {
      found.push(`${file} stands on no floor`);
    }
    if (!file.startsWith("src/host/") && /\bDeno\.dlopen\b/.test(texts.get(href) ?? "")) {
      found.push(`${file} opens a native library, which src/host alone may do`);
    }
    if (file.startsWith("src/") && file !== STREAMS && STANDARD_STREAM.test(codeOf(href))) {
      found.push(`${file} uses standard streams that it is not given; see ${STREAMS}`);
    }
  }
  return found;
}

/** Whether a file may not import another one. */
function isForbidden(file: string, target: string): boolean {
  if (isPlugin(file)) return isBeyondLibrary(target);
  if (isPage(file)) return !FOR_PAGE.some((folder) => target.startsWith(folder));
  return isPage(target) || floorOf(file) < floorOf(target);
}

/** The number of a file's floor, from 0; -1 when it has none. Plugins and the page are outside. */
function floorOf(file: string): number {
  const room = file.split("/")[1] ?? "";
  return isPlugin(file) ? -1 : FLOORS.findIndex((rooms) => rooms.includes(room));
}

function isPlugin(file: string): boolean {
  return file.startsWith("plugins/");
}

function isPage(file: string): boolean {
  return file.startsWith(PAGE);
}

function isBeyondLibrary(target: string): boolean {
  return !isPlugin(target) && target !== "src/mod.ts";
}
