import { s } from '../dom.js';

export interface Label {
  readonly text: string;
  /** Of the point, in pixels of the drawing. */
  readonly x: number;
  readonly y: number;
  /** Must be shown if at all possible. */
  readonly strong: boolean;
}

interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

const LETTER = 6.3;
const LINE = 14;
const POINT = 7;

/** Writes labels beside their points without covering one another; what finds no room is left to the tip and the table. */
export function placeLabels(chart: Element, labels: readonly Label[]): void {
  const width = Number(chart.getAttribute('width'));
  const height = Number(chart.getAttribute('height'));
  const taken: Box[] = labels.map(({ x, y }) => ({
    x: x - POINT,
    y: y - POINT,
    width: 2 * POINT,
    height: 2 * POINT,
  }));
  const group = s('g', { class: 'labels', 'aria-hidden': 'true' });
  for (const [i, label] of labels.entries()) {
    const place = places(label).find(
      (box) =>
        box.x >= 2 &&
        box.x + box.width <= width - 2 &&
        box.y >= 2 &&
        box.y + box.height <= height - 40 &&
        taken.every((other, j) => j === i || !overlap(box, other)),
    );
    if (place === undefined) continue;
    taken.push(place);
    group.append(
      s(
        'text',
        { x: place.x, y: place.y + LINE - 4, class: label.strong ? 'strong' : undefined },
        label.text,
      ),
    );
  }
  chart.append(group);
}

function places({ text, x, y, strong }: Label): Box[] {
  const width = text.length * (strong ? LETTER * 1.08 : LETTER);
  const box = (left: number, top: number): Box => ({ x: left, y: top, width, height: LINE });
  const [right, left, middle] = [x + POINT + 4, x - POINT - 4 - width, x - width / 2];
  return [
    box(right, y - LINE / 2),
    box(right, y - LINE - 2),
    box(right, y + 2),
    box(left, y - LINE / 2),
    box(middle, y - POINT - LINE - 3),
    box(middle, y + POINT + 3),
    box(left, y - LINE - 2),
    box(left, y + 2),
    box(right, y - 2 * LINE),
    box(right, y + LINE),
  ];
}

function overlap(a: Box, b: Box): boolean {
  return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
}

/** Moves values apart until neighbours are `gap` apart, keeping their order; for labels at the end of lines. */
export function spreadOut(values: readonly number[], gap: number, low: number, high: number): number[] {
  const order = values.map((value, i) => ({ value, i })).sort((a, b) => a.value - b.value);
  const placed = order.map(({ value }) => value);
  for (let i = 1; i < placed.length; i++) placed[i] = Math.max(placed[i]!, placed[i - 1]! + gap);
  const over = (placed.at(-1) ?? 0) - high;
  if (over > 0) {
    placed[placed.length - 1] = high;
    for (let i = placed.length - 2; i >= 0; i--) placed[i] = Math.min(placed[i]!, placed[i + 1]! - gap);
  }
  const result = new Array<number>(values.length);
  for (const [rank, { i }] of order.entries()) result[i] = Math.max(low, placed[rank]!);
  return result;
}

const NARROW_LETTERS = 15;

/** For narrow screens: the table beside the chart has the whole name. */
export function shortened(text: string): string {
  return text.length <= NARROW_LETTERS ? text : `${text.slice(0, NARROW_LETTERS - 1)}…`;
}
