/**
 * The argument with which a program of `deno compile`, which is one file, becomes the process that reads
 * sources of plugins; see plugin/reading/reader.ts.
 */
export const READ_SOURCES = "--read-plugin-sources";

/**
 * The argument with which the program becomes the process that measures a batch of targets for a server:
 * what it breaks is its own, and the server goes on answering meanwhile. See serve/runner/main.ts.
 */
export const RUN_BATCH = "--run-batch";

/**
 * The argument with which the program becomes the process of an endpoint that a server has loaded: code
 * that was changed is read anew there, and one that hangs can be ended. See serve/endpoints/process/main.ts.
 */
export const RUN_ENDPOINT = "--run-endpoint";

/**
 * The argument before those of a command that a server has started for somebody who waits for it: it ends
 * with the server. See serve/probing/probing_process.ts.
 */
export const END_WITH_PARENT = "--end-with-parent";
