/** Okabe and Ito's palette, told apart also by people who see colours differently; a symbol stands beside each. */
const PALETTE = [
  '#0072b2',
  '#d55e00',
  '#009e73',
  '#cc79a7',
  '#e69f00',
  '#56b4e9',
  '#8a7c00',
  '#777777',
] as const;
const SYMBOLS = ['circle', 'square', 'triangle', 'diamond', 'star', 'cross', 'wye', 'hexagon'] as const;

export interface Look {
  readonly colour: string;
  readonly symbol: (typeof SYMBOLS)[number];
}

/** One look a format, the same in every chart. */
export function looks(formats: readonly string[]): (format: string) => Look {
  const order = [...new Set(formats)].sort();
  return (format) => {
    const i = Math.max(0, order.indexOf(format));
    return { colour: PALETTE[i % PALETTE.length]!, symbol: SYMBOLS[i % SYMBOLS.length]! };
  };
}
