import type { Demand, Task } from '../../../src/report/demand.js';
import { OPERATION_TITLES } from '../../../src/report/operations.js';
import { formatCount } from '../../../src/report/units.js';
import { h } from '../dom.js';

export type SliderName = keyof Demand;

interface SliderSpec {
  readonly title: string;
  /** Whether it counts something done with the file. */
  readonly task: boolean;
  /** Values of the stops, from the left. */
  readonly stops: readonly number[];
  readonly say: (value: number) => string;
}

const COUNTS = [0, ...decades(1, 1_000_000)];
const perMonth = (value: number): string => (value === 0 ? 'never' : `${formatCount(value)} a month`);

export const SLIDERS: Readonly<Record<SliderName, SliderSpec>> = {
  writes: { title: 'Whole written', task: true, stops: COUNTS, say: perMonth },
  reads: { title: 'Whole read', task: true, stops: COUNTS, say: perMonth },
  singles: { title: 'One entry read', task: true, stops: COUNTS, say: perMonth },
  appends: { title: 'One entry added', task: true, stops: COUNTS, say: perMonth },
  bandwidth: {
    title: 'Way to the file',
    task: false,
    stops: [
      ...decades(125_000, 1_250_000_000).filter((value) => value <= 1_250_000_000),
      Number.POSITIVE_INFINITY,
    ],
    say: (value) => (value === Number.POSITIVE_INFINITY ? 'this disk' : bitsPerSecond(value)),
  },
  storage: {
    title: 'Storage',
    task: false,
    stops: [0, ...decades(0.001, 1)],
    say: (value) => (value === 0 ? 'free' : `$${value} a GB and month`),
  },
  hour: {
    title: 'Computing or waiting',
    task: false,
    stops: decades(0.01, 100),
    say: (value) => `$${value.toFixed(2)} an hour`,
  },
};

/** Tasks are named by the operation that stands for them in this workload. */
export function sliderTitle(name: SliderName, tasks: readonly Task[]): string {
  const operation = tasks.find(({ id }) => id === name)?.operation;
  const plain = ['write', 'read', 'read-one', 'append'];
  if (operation === undefined || plain.includes(operation)) return SLIDERS[name].title;
  const title = OPERATION_TITLES[operation];
  return operation === 'pipe' || operation === 'socket'
    ? `Messages ${title}`
    : title.charAt(0).toUpperCase() + title.slice(1);
}

/** A range with named stops. It takes its place again on a `set` event, so a drag is never interrupted. */
export function slider(
  name: SliderName,
  title: string,
  read: () => number,
  write: (value: number) => void,
): HTMLElement {
  const { stops, say } = SLIDERS[name];
  const output = h('output', { for: `slider-${name}` });
  const input = h('input', {
    id: `slider-${name}`,
    type: 'range',
    min: 0,
    max: stops.length - 1,
    step: 1,
    oninput: () => write(stops[input.valueAsNumber] ?? 0),
  });
  const show = (): void => {
    const value = read();
    const place = nearest(stops, value);
    if (input.valueAsNumber !== place) input.value = String(place);
    const text = say(value);
    output.textContent = text;
    input.setAttribute('aria-valuetext', text);
    input.style.setProperty('--fill', `${(100 * place) / (stops.length - 1)}%`);
  };
  input.addEventListener('set', show);
  show();
  return h('div', { class: 'slider' }, h('label', { for: `slider-${name}` }, title), output, input);
}

/** 1, 2, 5, 10 … within the bounds. */
function decades(from: number, to: number): number[] {
  const values: number[] = [];
  for (let base = from; base <= to * 1.000001; base *= 10)
    for (const digit of [1, 2, 5]) {
      const value = Number((base * digit).toPrecision(3));
      if (value <= to * 1.000001) values.push(value);
    }
  return values;
}

function nearest(stops: readonly number[], value: number): number {
  let best = 0;
  for (const [i, stop] of stops.entries()) {
    if (stop === value) return i;
    if (Math.abs(stop - value) < Math.abs(stops[best]! - value)) best = i;
  }
  return best;
}

function bitsPerSecond(bytes: number): string {
  const megabits = (bytes * 8) / 1e6;
  return megabits >= 1000 ? `${megabits / 1000} Gbit/s` : `${megabits} Mbit/s`;
}
