/** Arrow keys in a table whose cells can be pressed: one stop for the tab key, as in a grid of ARIA. */
export function gridKeys(box: HTMLElement): void {
  const table = box.querySelector('table');
  if (table === null) return;
  // The box itself need not be reached: the focus in the table scrolls it.
  box.removeAttribute('tabindex');
  table.setAttribute('role', 'grid');
  const first = targetOf(table.rows[1]?.cells[1] ?? table.rows[0]?.cells[0]);
  for (const row of table.rows)
    for (const cell of row.cells) {
      const target = targetOf(cell)!;
      target.tabIndex = target === first ? 0 : -1;
    }
  table.addEventListener('focusin', (event) => {
    const now = targetOf((event.target as Element).closest<HTMLTableCellElement>('th, td') ?? undefined);
    for (const old of table.querySelectorAll<HTMLElement>('[tabindex="0"]')) old.tabIndex = -1;
    if (now !== undefined) now.tabIndex = 0;
  });
  table.addEventListener('keydown', (event) => {
    const cell = (event.target as Element).closest<HTMLTableCellElement>('th, td');
    const next = cell === null ? undefined : neighbour(table, cell, event);
    if (next === undefined) return;
    event.preventDefault();
    targetOf(next)?.focus();
  });
}

function neighbour(
  table: HTMLTableElement,
  cell: HTMLTableCellElement,
  { key, ctrlKey }: KeyboardEvent,
): HTMLTableCellElement | undefined {
  const { rowIndex } = cell.parentElement as HTMLTableRowElement; // of a cell in a table
  const at = (row: number, column: number): HTMLTableCellElement | undefined => {
    const cells = table.rows[row]?.cells;
    return cells?.[Math.min(column, cells.length - 1)];
  };
  switch (key) {
    case 'ArrowUp':
      return at(rowIndex - 1, cell.cellIndex);
    case 'ArrowDown':
      return at(rowIndex + 1, cell.cellIndex);
    case 'ArrowLeft':
      return cell.cellIndex === 0 ? undefined : at(rowIndex, cell.cellIndex - 1);
    case 'ArrowRight':
      return at(rowIndex, cell.cellIndex + 1);
    case 'Home':
      return at(ctrlKey ? 0 : rowIndex, 0);
    case 'End':
      return at(ctrlKey ? table.rows.length - 1 : rowIndex, Number.POSITIVE_INFINITY);
    default:
      return undefined;
  }
}

function targetOf(cell: HTMLTableCellElement | undefined): HTMLElement | undefined {
  return cell?.querySelector('button') ?? cell;
}
