/**
 * A failure that the person at the terminal can do something about. Its message is one clear
 * sentence that says what is wrong and what to do; the program prints it alone and exits with 1.
 */
export class Failure extends Error {
  override readonly name: string = "Failure";
}
