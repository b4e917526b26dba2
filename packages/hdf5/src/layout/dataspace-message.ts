import { dataView, readAddress } from './file-view.js';

/** The shape, null for a null dataspace, undefined where the message is not understood (spec IV.A.2.b). */
export function parseDataspace(body: Uint8Array): readonly number[] | null | undefined {
  const version = body[0];
  if (body.byteLength < 4 || (version !== 1 && version !== 2)) return undefined;
  const rank = body[1]!;
  if (version === 2 && body[3] === 2) return null;
  const from = version === 1 ? 8 : 4;
  if (body.byteLength < from + 8 * rank) return undefined;
  const view = dataView(body);
  const shape = Array.from({ length: rank }, (_, i) => readAddress(view, from + 8 * i));
  return shape.every((length) => length !== undefined) ? (shape as number[]) : undefined;
}

/** The lengths that dimensions may grow to: Infinity where nothing limits them. */
export function parseMaxShape(body: Uint8Array, shape: readonly number[]): readonly number[] {
  const from = (body[0] === 1 ? 8 : 4) + 8 * shape.length;
  if ((body[2]! & 1) === 0 || body.byteLength < from + 8 * shape.length) return shape;
  const view = dataView(body);
  return shape.map((_, i) => readAddress(view, from + 8 * i) ?? Number.POSITIVE_INFINITY);
}
