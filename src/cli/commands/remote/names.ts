/** The commands that a server can run. */
export const REMOTE_COMMANDS = ["measure", "ping", "trace", "locate"] as const;

/** One of them. */
export type RemoteCommand = typeof REMOTE_COMMANDS[number];
