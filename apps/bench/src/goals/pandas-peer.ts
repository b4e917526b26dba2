import { python } from './python-peer.js';
import type { Side, SideInput } from './side.js';

/** pandas' `to_csv`, and `read_csv` by its C parser with the fast conversion that is its default. */
export function pythonPandas(input: SideInput): Side {
  return python(input, 'numpy, pandas', PANDAS_WORK);
}

const PANDAS_WORK = `
import numpy, os, pandas
frame = pandas.DataFrame(data)
def prepare(): frame.to_csv('in.csv', header=False, index=False)
def write(): frame.to_csv('out.csv', header=False, index=False)
def clean(): os.remove('out.csv')
def read(): return pandas.read_csv('in.csv', header=None, engine='c')
`;
