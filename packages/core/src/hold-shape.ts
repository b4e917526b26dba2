const held: object[] = [];

/**
 * Keeps one instance of a class with hot methods alive. V8 throws compiled code away when a garbage collection
 * finds no object of a shape that it was compiled for, so that a class used for one call at a time would be
 * compiled anew after each collection.
 */
export function holdShape(instance: object): void {
  held.push(instance);
}
