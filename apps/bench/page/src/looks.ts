import { s } from './dom.js';

/**
 * How a format is drawn, the same in every chart: one of eight colours (after Okabe and Ito, told apart also by
 * people who see colours differently) and one of eight shapes. The pairs repeat only after 64 formats.
 */
export interface Look {
  /** A custom property of the style sheet, so that light and dark have their own. */
  readonly colour: string;
  readonly shape: Shape;
}

/** Corners within a circle of radius 1; none for the circle itself. */
type Shape = readonly (readonly [x: number, y: number])[];

const COLOURS = 8;
const SHAPES: readonly Shape[] = [
  [],
  polygon(4, 0.25, 1.2),
  polygon(3, 0, 1.3),
  polygon(4, 0, 1.25),
  star(5),
  polygon(3, 0.5, 1.3),
  cross(),
  polygon(6, 0, 1.1),
];

export type Looks = (format: string) => Look;

export function looksOf(formats: readonly string[]): Looks {
  const order = [...new Set(formats)].sort();
  return (format) => lookAt(Math.max(0, order.indexOf(format)));
}

export function lookAt(i: number): Look {
  const shape = (i + Math.floor(i / COLOURS)) % SHAPES.length;
  return { colour: `var(--c${i % COLOURS})`, shape: SHAPES[shape]! };
}

/** For Observable Plot: draws the shape with the area of a circle. */
export function plotSymbol({ shape }: Look): { draw(context: CanvasPath, size: number): void } {
  return {
    draw(context, size) {
      const radius = Math.sqrt(size / Math.PI);
      if (shape.length === 0) {
        context.moveTo(radius, 0);
        context.arc(0, 0, radius, 0, 2 * Math.PI);
        return;
      }
      for (const [i, [x, y]] of shape.entries())
        i === 0 ? context.moveTo(x * radius, y * radius) : context.lineTo(x * radius, y * radius);
      context.closePath();
    },
  };
}

/** The same in the text, beside the format's name; hollow for a peer. */
export function glyph({ colour, shape }: Look, filled = true): SVGElement {
  const drawing =
    shape.length === 0
      ? s('circle', { r: 1 })
      : s('polygon', { points: shape.map((point) => point.join(',')).join(' ') });
  return s(
    'svg',
    {
      class: 'glyph',
      viewBox: '-1.5 -1.5 3 3',
      'aria-hidden': 'true',
      style: filled ? `fill:${colour}` : `fill:none;stroke:${colour};stroke-width:.5`,
    },
    drawing,
  );
}

function polygon(corners: number, turn: number, radius: number): Shape {
  return Array.from({ length: corners }, (_, i) => {
    const angle = 2 * Math.PI * (i / corners + turn / (corners === 4 ? 2 : 1)) - Math.PI / 2;
    return [round(radius * Math.cos(angle)), round(radius * Math.sin(angle))] as const;
  });
}

function star(points: number): Shape {
  return Array.from({ length: 2 * points }, (_, i) => {
    const angle = (Math.PI * i) / points - Math.PI / 2;
    const radius = i % 2 === 0 ? 1.4 : 0.6;
    return [round(radius * Math.cos(angle)), round(radius * Math.sin(angle))] as const;
  });
}

function cross(): Shape {
  const [a, b] = [0.4, 1.25];
  return [
    [-a, -b],
    [a, -b],
    [a, -a],
    [b, -a],
    [b, a],
    [a, a],
    [a, b],
    [-a, b],
    [-a, a],
    [-b, a],
    [-b, -a],
    [-a, -a],
  ];
}

function round(value: number): number {
  return Math.round(value * 1000) / 1000;
}
