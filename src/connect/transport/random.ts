/** A buffer of random numbers, since drawing them one by one is slow. */
const numbers = new Uint32Array(1024);
let left = 0;

/** A random number of 32 bits. */
export function randomNumber(): number {
  if (left === 0) {
    crypto.getRandomValues(numbers);
    left = numbers.length;
  }
  return numbers[--left]!;
}
