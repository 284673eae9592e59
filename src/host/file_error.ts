/** Why a file could not be opened, read or written, in words that end a sentence. */
export function fileError(error: unknown): string {
  if (error instanceof Deno.errors.NotFound) return "there is no such file or folder";
  if (error instanceof Deno.errors.PermissionDenied) return "permission is denied";
  if (error instanceof Deno.errors.IsADirectory) return "it is a folder";
  if (error instanceof Deno.errors.NotADirectory) return "what should be its folder is none";
  if (error instanceof Deno.errors.NotCapable) {
    return "it lies in /proc, /sys or /dev, where this file may not: choose another folder";
  }
  const { message, code } = error as { message?: string; code?: string };
  if (code === "ENOSPC") return "the disk is full";
  return message ?? String(error);
}
