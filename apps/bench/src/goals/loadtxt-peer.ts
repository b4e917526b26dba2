import { python } from './python-peer.js';
import type { Side, SideInput } from './side.js';

/** NumPy's `savetxt` with the shortest digits, and `loadtxt`, on one core. */
export function pythonLoadtxt(input: SideInput): Side {
  return python(input, 'numpy', LOADTXT_WORK);
}

const LOADTXT_WORK = `
import numpy, os
def prepare(): numpy.savetxt('in.txt', data, fmt='%s')
def write(): numpy.savetxt('out.txt', data, fmt='%s')
def clean(): os.remove('out.txt')
def read(): return numpy.loadtxt('in.txt')
`;
