/** The reader of our output is gone (`spider ... | head`). There is nothing left to do. */
export class ReaderGone extends Error {
  override readonly name = "ReaderGone";
}
