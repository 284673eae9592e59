/**
 * Linear memory, handed out from the end of the static data on and never given back. What is used
 * again (flows) keeps a free list of its own. The stub runtime's allocator traps when memory is
 * used up; this one says so, since a full table must never stop a capture.
 */
let top: usize = (__heap_base + 63) & ~63;

/** Address of `bytes` fresh zeroed octets, aligned to a cache line, or 0 when there are no more. */
export function allocate(bytes: usize): usize {
  const at = top;
  const end = (u64(at) + u64(bytes) + 63) & ~63;
  if (end > 0xffff_0000) return 0;
  const missing = i32((end + 0xffff) >> 16) - memory.size();
  if (missing > 0 && memory.grow(missing) < 0) return 0;
  top = usize(end);
  return at;
}
