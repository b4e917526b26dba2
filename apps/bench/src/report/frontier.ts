/** The points that no other beats in both, from the left; of equal ones the first. */
export function frontierOf<P extends { readonly x: number; readonly y: number }>(points: readonly P[]): P[] {
  const frontier: P[] = [];
  for (const point of [...points].sort((a, b) => a.x - b.x || a.y - b.y)) {
    if (frontier.length === 0 || point.y < frontier.at(-1)!.y) frontier.push(point);
  }
  return frontier;
}
