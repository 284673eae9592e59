/** Whoever read our output has gone (`spider ... | head`). There is nothing left to do. */
export class ReaderGone extends Error {
  override readonly name = "ReaderGone";
}
