/** Whether nobody but this user and root may change a file or folder: no other user, no other group. */
export function isOurs({ uid, gid, mode }: Deno.FileInfo): boolean {
  const owned = uid === null || uid === 0 || uid === Deno.uid();
  if (mode === null) return owned;
  // A user's own group, which some systems let write to all that is new, has no other members
  const ownGroup = gid === null || gid === 0 || gid === Deno.gid();
  return owned && (mode & 0o002) === 0 && ((mode & 0o020) === 0 || ownGroup);
}
