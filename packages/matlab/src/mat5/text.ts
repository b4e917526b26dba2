import { MI, STORAGE } from './constants.js';
import { bytesOf, cut, type Element, type Input } from './element.js';
import { ordered, type Work } from './numbers.js';

const CHUNK = 8192;

/** The text of a char array's data: column by column where it is a matrix. @throws FormatError `corrupt` */
export function readText(input: Input, element: Element, work: Work): string {
  const bytes = bytesOf(input, element);
  switch (element.type) {
    case MI.utf8:
      return new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
    case MI.int8:
    case MI.uint8:
      return textOfUnits(bytes);
    case MI.utf16:
    case MI.uint16:
    case MI.int16:
      if (element.length % 2 !== 0) throw cut(input, element.at, 'half a character of UTF-16');
      return textOfUnits(unitsOf(ordered(input, element, 2, work)));
    case MI.utf32:
      return textOfUtf32(input, element);
    default:
      throw cut(
        input,
        element.at,
        `text of data type ${element.type}${STORAGE[element.type] === undefined ? '' : ` (${STORAGE[element.type]})`}`,
      );
  }
}

/** The rows of a char matrix of `rows` × `columns`, given column by column; more dimensions count as columns. */
export function rowsOfText(text: string, dims: readonly number[]): string[] | undefined {
  const count = dims.reduce((product, length) => product * length, 1);
  // Dimensions count units of UTF-16; SciPy counts characters.
  const units: ArrayLike<string> = text.length === count ? text : [...text];
  if (units.length !== count) return undefined;
  const columns = dims.at(-1)!;
  const rows =
    columns === 0 ? dims.slice(0, -1).reduce((product, length) => product * length, 1) : count / columns;
  const out: string[] = [];
  // Callers put the rows of several dimensions into C order.
  for (let row = 0; row < rows; row++) {
    let line = '';
    for (let column = 0; column < columns; column++) line += units[row + column * rows]!;
    out.push(line);
  }
  return out;
}

export function textOfUnits(units: Uint8Array | Uint16Array): string {
  let text = '';
  for (let at = 0; at < units.length; at += CHUNK)
    text += String.fromCharCode(...units.subarray(at, at + CHUNK));
  return text;
}

function unitsOf(bytes: Uint8Array): Uint16Array {
  const home = bytes.byteOffset % 2 === 0 ? bytes : new Uint8Array(bytes);
  return new Uint16Array(home.buffer, home.byteOffset, home.byteLength / 2);
}

function textOfUtf32(input: Input, element: Element): string {
  if (element.length % 4 !== 0) throw cut(input, element.at, 'part of a character of UTF-32');
  let text = '';
  for (let at = element.at; at < element.at + element.length; at += 4) {
    const point = input.view.getUint32(at, input.little);
    if (point > 0x10ffff) throw cut(input, at, `${point} is no Unicode character`);
    text += String.fromCodePoint(point);
  }
  return text;
}
