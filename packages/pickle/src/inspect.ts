import { PyBytearray } from './machine/nodes.js';
import { OpReader } from './machine/op-reader.js';
import * as op from './machine/opcodes.js';

/** One opcode as `pickletools.dis` shows it. */
export interface InspectedOpcode {
  readonly at: number;
  readonly name: string;
  readonly protocol: number;
  /** The argument as text, cut where it is long; undefined where the opcode has none. */
  readonly argument: string | undefined;
}

/** A class or function that Python would import. */
export interface InspectedGlobal {
  readonly at: number;
  readonly module: string;
  readonly name: string;
}

export interface PickleReport {
  /** Highest protocol among the opcodes. */
  readonly protocol: number;
  /** What the pickle would import, in order; a name that is only known at run time is `?`. */
  readonly globals: readonly InspectedGlobal[];
  /** Opcodes that would call something: REDUCE, NEWOBJ, NEWOBJ_EX, INST, OBJ, and BUILD for `__setstate__`. */
  readonly calls: readonly { readonly at: number; readonly name: string }[];
  readonly opcodes: readonly InspectedOpcode[];
  /** Where the byte behind the last STOP lies. */
  readonly end: number;
}

const CALLS = new Set([op.REDUCE, op.NEWOBJ, op.NEWOBJ_EX, op.INST, op.OBJ, op.BUILD]);
const LONGEST = 80;

/**
 * What loading the pickle in Python would import and call, and its opcodes: read, not run.
 *
 * @throws FormatError `corrupt` with the offset
 */
export function inspectPickle(bytes: Uint8Array, start = 0): PickleReport {
  const reader = new OpReader(bytes, start, 'latin1');
  const globals: InspectedGlobal[] = [];
  const calls: { at: number; name: string }[] = [];
  const opcodes: InspectedOpcode[] = [];
  // Enough of the stack to know the two names before STACK_GLOBAL: they are put there, or come from the memo.
  const recent: (string | undefined)[] = [];
  const memo = new Map<number, string | undefined>();
  let protocol = 0;
  for (;;) {
    const code = reader.next();
    const { name, protocol: since, argument: kind } = op.OPCODE_OF[code]!;
    const { at, argument } = reader;
    protocol = Math.max(protocol, since, code === op.PROTO ? (argument as number) : 0);
    opcodes.push({ at, name, protocol: since, argument: kind === 'none' ? undefined : shown(argument) });
    if (CALLS.has(code)) calls.push({ at, name });
    if (kind === 'two-lines') {
      const [module = '', member = ''] = (argument as string).split('\n');
      globals.push({ at, module, name: member });
      recent.push(undefined);
    } else if (code === op.STACK_GLOBAL) {
      const [module, member] = recent.slice(-2);
      globals.push({ at, module: module ?? '?', name: member ?? '?' });
      recent.push(undefined);
    } else if (code === op.MEMOIZE) memo.set(memo.size, recent.at(-1));
    else if (code === op.PUT || code === op.BINPUT || code === op.LONG_BINPUT)
      memo.set(argument as number, recent.at(-1));
    else if (code === op.GET || code === op.BINGET || code === op.LONG_BINGET)
      recent.push(memo.get(argument as number));
    else if (code !== op.FRAME && code !== op.PROTO)
      recent.push(typeof argument === 'string' ? argument : undefined);
    if (recent.length > 64) recent.splice(0, 32);
    if (code === op.STOP) return { protocol, globals, calls, opcodes, end: reader.position };
  }
}

function shown(argument: unknown): string {
  if (argument instanceof PyBytearray) return shown(argument.bytes);
  if (argument instanceof Uint8Array) {
    const head = Array.from(argument.subarray(0, 16), (byte) => byte.toString(16).padStart(2, '0')).join(' ');
    return `${argument.length} bytes${argument.length > 0 ? `: ${head}${argument.length > 16 ? ' …' : ''}` : ''}`;
  }
  const text = typeof argument === 'string' ? JSON.stringify(argument) : String(argument);
  return text.length > LONGEST ? `${text.slice(0, LONGEST - 1)}…` : text;
}
