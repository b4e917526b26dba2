import * as formats from 'PACKAGE';
import { facts } from 'PACKAGE/facts';
import { createLab, type Format, FormatError, type Lab, table, type Value } from '@formatlab/core';

const list = Object.values(formats).filter(
  (value): value is Format => typeof value === 'object' && value !== null && 'probe' in value,
);
const lab: Lab = createLab(list);
export const title: string = facts.title;

export async function use(path: string): Promise<Value> {
  try {
    await lab.save(path, table({ x: new Float64Array([1, 2]) }), { strict: true });
    return await lab.load(path, { budget: { bytes: 1e9 } });
  } catch (error) {
    if (error instanceof FormatError) return error.code;
    throw error;
  }
}
