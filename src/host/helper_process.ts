/**
 * The argument with which a program of `deno compile`, which is one file, becomes the process that reads
 * sources of plugins; see plugin/reading/reader.ts.
 */
export const READ_SOURCES = "--read-plugin-sources";
