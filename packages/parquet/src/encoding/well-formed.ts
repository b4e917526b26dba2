const LONE_SURROGATE = /\p{Surrogate}/u;

/** Whether UTF-8 can hold the text: it has no half of a surrogate pair. */
export function isWellFormed(text: string): boolean {
  return !LONE_SURROGATE.test(text);
}
