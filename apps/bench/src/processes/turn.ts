/** Waits until the process that started this one, and was told that this one is ready, says that it is its turn. */
export function turn(): Promise<void> {
  return new Promise((resolve) => {
    process.once('message', () => resolve());
    process.send?.({ type: 'ready' });
  });
}
