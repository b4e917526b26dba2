/** A value that is there, or will be: what is synchronous stays so. */
export type Maybe<T> = T | Promise<T>;

/** `next` of the value, at once where it is there. */
export function after<T, U>(value: Maybe<T>, next: (value: T) => Maybe<U>): Maybe<U> {
  return value instanceof Promise ? value.then(next) : next(value);
}

/** Works on the items one after the other; waits only for the work that has to be waited for. */
export function inTurn<T>(items: readonly T[], work: (item: T) => Maybe<void>, from = 0): Maybe<void> {
  for (let i = from; i < items.length; i++) {
    const done = work(items[i]!);
    if (done instanceof Promise) return done.then(() => inTurn(items, work, i + 1));
  }
}

/** All values, at once where all are there. */
export function all<T>(values: readonly Maybe<T>[]): Maybe<T[]> {
  // Checked in the condition: no promise is among them.
  return values.some((value) => value instanceof Promise) ? Promise.all(values) : (values as T[]);
}
