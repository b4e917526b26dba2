import { type Budget, FormatError } from '@formatlab/core';
import { corrupt } from './fault.js';
import { Memo } from './memo.js';
import {
  type Node,
  PyBytearray,
  PyDict,
  PyFar,
  PyGlobal,
  PyList,
  PyObject,
  PyReference,
  PySet,
  PyTuple,
} from './nodes.js';
import { type OldStrings, type OpFile, OpReader } from './op-reader.js';
import * as op from './opcodes.js';
import { python3Name } from './python2-names.js';
import { Stack } from './stack.js';

export interface MachineOptions {
  readonly oldStrings: OldStrings;
  /** Out-of-band data of protocol 5, in order. */
  readonly buffers: readonly Uint8Array[] | undefined;
  readonly budget: Budget;
  readonly progress: (done: number, total: number) => void;
}

/** What a machine begins with that runs a part of a pickle. */
export interface Before {
  readonly memo: Memo;
  readonly protocol: number;
}

export interface MachineResult {
  readonly root: Node;
  /** Where the byte behind STOP lies. */
  readonly end: number;
}

/** Opcodes between two looks at budget and signal. */
const STRIDE = 4096;
/** Memory that one opcode costs at least: less than the budget allows a byte of the file. */
const BYTES_PER_OPCODE = 16;
const FIRST_OF_PYTHON_3 = 3;
const TYPES_OF_CONSTANTS: ReadonlyMap<string, string> = new Map([
  ['Ellipsis', 'ellipsis'],
  ['NotImplemented', 'NotImplementedType'],
]);
const NOT_TYPES = new Set(
  'abs all any ascii bin breakpoint callable chr compile delattr dir divmod eval exec format getattr globals hasattr hash hex id input isinstance issubclass iter len locals max min next oct open ord pow print repr round setattr sorted sum vars __import__ __build_class__'.split(
    ' ',
  ),
);

/**
 * Runs the opcodes of one pickle from `start`. Nothing is called: a call is kept as an object that says what would
 * have been called with what.
 *
 * @throws FormatError `corrupt` with the offset, `unsupported`, `limit`
 */
export function runPickle(bytes: Uint8Array, start: number, options: MachineOptions): MachineResult {
  return new Machine(bytes, start, options).run();
}

/** What {@link runPickle} runs; over a file through a window it may be ended where bytes are missing, and run on. */
export class Machine {
  protected readonly reader: OpReader;
  protected readonly stack = new Stack();
  protected readonly memo: Memo;
  readonly #options: MachineOptions;
  #buffer = 0;
  #protocol: number;
  #count = 0;

  /** @param before what ran before `start`, where that is not where a pickle begins */
  constructor(input: Uint8Array | OpFile, start: number, options: MachineOptions, before?: Before) {
    this.reader = new OpReader(input, start, options.oldStrings);
    this.memo = before?.memo ?? new Memo();
    this.#protocol = before?.protocol ?? 0;
    this.#options = options;
  }

  /** What the pickle says of its protocol; 0 where it says nothing. */
  get protocol(): number {
    return this.#protocol;
  }

  get memoized(): number {
    return this.memo.size;
  }

  /** @param until where it ends without STOP: what is on the stack there is left to the caller, and `root` is null */
  run(until = Number.POSITIVE_INFINITY): MachineResult {
    const { reader } = this;
    const { budget, progress } = this.#options;
    let count = this.#count;
    try {
      for (;;) {
        if (reader.position >= until) {
          charge(budget, count % STRIDE);
          return { root: null, end: reader.position };
        }
        const code = reader.next();
        count++;
        this.stack.at = reader.at;
        if (code === op.STOP) {
          charge(budget, count % STRIDE);
          return { root: this.stack.pop(), end: reader.position };
        }
        this.step(code, reader.argument);
        if (count % STRIDE === 0) {
          charge(budget, STRIDE);
          progress(reader.position, reader.size);
        }
      }
    } catch (error) {
      // Where bytes are not there yet, `run` goes on from here.
      reader.rewind();
      this.#count = count;
      throw error;
    }
  }

  protected step(code: number, argument: Node): void {
    const { stack } = this;
    switch (code) {
      case op.PROTO:
        if ((argument as number) > op.HIGHEST_PROTOCOL)
          throw new FormatError(
            'unsupported',
            `read pickle protocol ${argument as number}: the newest is 5`,
            {
              format: 'pickle',
              offset: this.reader.at,
              feature: `protocol ${argument as number}`,
            },
          );
        this.#protocol = argument as number;
        break;
      case op.FRAME:
        this.#checkFrame(argument as number);
        break;
      case op.MARK:
        stack.mark();
        break;
      case op.POP:
        stack.popOrUnmark();
        break;
      case op.POP_MARK:
        stack.popMark();
        break;
      case op.DUP:
        stack.push(stack.top());
        break;
      case op.NONE:
        stack.push(null);
        break;
      case op.NEWTRUE:
        stack.push(true);
        break;
      case op.NEWFALSE:
        stack.push(false);
        break;
      case op.GET:
      case op.BINGET:
      case op.LONG_BINGET:
        stack.push(this.memo.get(argument as number, this.reader.at));
        break;
      case op.PUT:
      case op.BINPUT:
      case op.LONG_BINPUT:
        this.memo.put(argument as number, stack.top(), this.reader.at);
        break;
      case op.MEMOIZE:
        this.memo.add(stack.top(), this.reader.at);
        break;
      case op.EMPTY_LIST:
        stack.push(new PyList([]));
        break;
      case op.EMPTY_DICT:
        stack.push(new PyDict([]));
        break;
      case op.EMPTY_SET:
        stack.push(new PySet([], false));
        break;
      case op.EMPTY_TUPLE:
        stack.push(new PyTuple([]));
        break;
      case op.LIST:
        stack.push(new PyList(stack.popMark()));
        break;
      case op.TUPLE:
        stack.push(new PyTuple(stack.popMark()));
        break;
      case op.TUPLE1:
        stack.push(new PyTuple(stack.popMany(1)));
        break;
      case op.TUPLE2:
        stack.push(new PyTuple(stack.popMany(2)));
        break;
      case op.TUPLE3:
        stack.push(new PyTuple(stack.popMany(3)));
        break;
      case op.DICT: {
        const pairs = stack.popMark();
        this.#checkPairs(pairs);
        stack.push(new PyDict(pairs));
        break;
      }
      case op.FROZENSET:
        stack.push(new PySet(stack.popMark(), true));
        break;
      case op.APPEND: {
        const item = stack.pop();
        this.#append([item]);
        break;
      }
      case op.APPENDS:
        this.#append(stack.popMark());
        break;
      case op.SETITEM:
        this.#setItems(stack.popMany(2));
        break;
      case op.SETITEMS:
        this.#setItems(stack.popMark());
        break;
      case op.ADDITEMS:
        this.#addItems(stack.popMark());
        break;
      default:
        this.#stepObject(code, argument);
    }
  }

  #stepObject(code: number, argument: Node): void {
    const { stack } = this;
    switch (code) {
      case op.GLOBAL: {
        const [module, name] = (argument as string).split('\n');
        stack.push(this.#global(module!, name!));
        break;
      }
      case op.STACK_GLOBAL: {
        const [module, name] = stack.popMany(2);
        if (typeof module !== 'string' || typeof name !== 'string')
          throw this.#fault('read STACK_GLOBAL', 'module and name are not both strings');
        stack.push(this.#global(module, name));
        break;
      }
      case op.INST: {
        const args = stack.popMark();
        const [module, name] = (argument as string).split('\n');
        stack.push(new PyObject(this.#global(module!, name!), 'call', args, this.reader.at));
        break;
      }
      case op.OBJ: {
        const [callee, ...args] = stack.popMark();
        if (callee === undefined) throw this.#fault('read OBJ', 'no class after the mark');
        stack.push(new PyObject(this.#callee(callee, 'OBJ'), 'call', args, this.reader.at));
        break;
      }
      case op.REDUCE: {
        const [callee, args] = stack.popMany(2);
        if (!(args instanceof PyTuple)) throw this.#fault('read REDUCE', 'the arguments are not a tuple');
        stack.push(this.#reduced(this.#callee(callee!, 'REDUCE'), args));
        break;
      }
      case op.NEWOBJ: {
        const [callee, args] = stack.popMany(2);
        if (!(args instanceof PyTuple)) throw this.#fault('read NEWOBJ', 'the arguments are not a tuple');
        stack.push(new PyObject(this.#type(callee!, 'NEWOBJ'), 'new', args.items, this.reader.at));
        break;
      }
      case op.NEWOBJ_EX: {
        const [callee, args, kwargs] = stack.popMany(3);
        if (!(args instanceof PyTuple)) throw this.#fault('read NEWOBJ_EX', 'the arguments are not a tuple');
        if (!(kwargs instanceof PyDict))
          throw this.#fault('read NEWOBJ_EX', 'the keyword arguments are not a dict');
        stack.push(new PyObject(this.#type(callee!, 'NEWOBJ_EX'), 'new', args.items, this.reader.at, kwargs));
        break;
      }
      case op.BUILD: {
        const state = stack.pop();
        const object = stack.top();
        if (object instanceof PyObject) object.state = state;
        else if (state !== null) throw this.#fault('read BUILD', 'there is no object to give the state to');
        break;
      }
      case op.BYTEARRAY8:
        stack.push(argument);
        break;
      case op.NEXT_BUFFER: {
        const { buffers } = this.#options;
        const next = buffers?.[this.#buffer++];
        if (next === undefined)
          throw this.#fault(
            'read NEXT_BUFFER',
            buffers === undefined
              ? "the data lie outside of the file; give them with 'buffers'"
              : `only ${buffers.length} were given`,
          );
        stack.push(new PyBytearray(next));
        break;
      }
      case op.READONLY_BUFFER: {
        const buffer = stack.top();
        if (buffer instanceof PyBytearray) {
          stack.pop();
          stack.push(buffer.content);
        } else if (!(buffer instanceof Uint8Array || buffer instanceof PyFar))
          throw this.#fault('read READONLY_BUFFER', 'there is no buffer on the stack');
        break;
      }
      case op.PERSID:
        stack.push(new PyReference('persistent', argument));
        break;
      case op.BINPERSID:
        stack.push(new PyReference('persistent', stack.pop()));
        break;
      case op.EXT1:
      case op.EXT2:
      case op.EXT4:
        if ((argument as number) <= 0)
          throw this.#fault('read EXT', `code ${argument as number} is not positive`);
        stack.push(new PyReference('extension', argument));
        break;
      default:
        // All that is left are literals.
        stack.push(argument);
    }
  }

  /** `__newobj__` and `__newobj_ex__` are what NEWOBJ and NEWOBJ_EX stand for. */
  #reduced(callee: PyGlobal | PyObject | PyReference, args: PyTuple): PyObject | PyGlobal {
    const { at } = this.reader;
    if (callee instanceof PyGlobal && /^copy_?reg$/.test(callee.module)) {
      const [type, ...rest] = args.items;
      if (callee.name === '__newobj__' && type !== undefined)
        return new PyObject(this.#type(type, '__newobj__'), 'new', rest, at);
      const [inner, kwargs] = rest;
      if (callee.name === '__newobj_ex__' && inner instanceof PyTuple && kwargs instanceof PyDict)
        return new PyObject(this.#type(type!, '__newobj_ex__'), 'new', inner.items, at, kwargs);
    }
    return this.#attribute(callee, args) ?? new PyObject(callee, 'call', args.items, at);
  }

  /** What is only a name: an attribute of a class (before protocol 4 made of `getattr`), and the types of constants. */
  #attribute(
    callee: PyGlobal | PyObject | PyReference,
    { items: [of, name, ...rest] }: PyTuple,
  ): PyGlobal | undefined {
    if (!(callee instanceof PyGlobal) || !/^(?:__builtin__|builtins)$/.test(callee.module) || rest.length > 0)
      return undefined;
    const { at } = this.reader;
    if (callee.name === 'getattr' && of instanceof PyGlobal && typeof name === 'string')
      return new PyGlobal(of.module, `${of.name}.${name}`, at);
    if (callee.name !== 'type' || name !== undefined) return undefined;
    if (of === null) return new PyGlobal('builtins', 'NoneType', at);
    const type = of instanceof PyGlobal ? TYPES_OF_CONSTANTS.get(of.name) : undefined;
    return type === undefined ? undefined : new PyGlobal('builtins', type, at);
  }

  #append(items: readonly Node[]): void {
    const list = this.stack.top();
    const into = list instanceof PyList || list instanceof PyObject ? list.items : undefined;
    if (into === undefined) throw this.#fault('append items', 'there is no list on the stack');
    for (const item of items) into.push(item);
  }

  #setItems(pairs: readonly Node[]): void {
    this.#checkPairs(pairs);
    const dict = this.stack.top();
    const into = dict instanceof PyDict ? dict.pairs : dict instanceof PyObject ? dict.entries : undefined;
    if (into === undefined) throw this.#fault('set items', 'there is no dict on the stack');
    for (const part of pairs) into.push(part);
  }

  #addItems(items: readonly Node[]): void {
    const set = this.stack.top();
    const into =
      (set instanceof PySet && !set.frozen) || set instanceof PyObject ? (set as PySet).items : undefined;
    if (into === undefined) throw this.#fault('add items', 'there is no set on the stack');
    for (const item of items) {
      if (isUnhashable(item)) throw this.#fault('add item', 'it can not be hashed');
      into.push(item);
    }
  }

  #checkPairs(pairs: readonly Node[]): void {
    if (pairs.length % 2 !== 0) throw this.#fault('set items', 'an odd number of keys and values');
    for (let i = 0; i < pairs.length; i += 2)
      if (isUnhashable(pairs[i]!)) throw this.#fault('set item', 'its key can not be hashed');
  }

  #global(module: string, name: string): PyGlobal {
    if (module === '' || name === '')
      throw this.#fault('read global', `${module === '' ? 'module' : 'name'} is empty`);
    const { at } = this.reader;
    if (this.#protocol >= FIRST_OF_PYTHON_3) return new PyGlobal(module, name, at);
    const known = python3Name(module, name);
    return new PyGlobal(known.module, known.name, at);
  }

  #callee(node: Node, what: string): PyGlobal | PyObject | PyReference {
    if (node instanceof PyGlobal || node instanceof PyObject || node instanceof PyReference) return node;
    throw this.#fault(`read ${what}`, 'what is called is neither class nor function');
  }

  #type(node: Node, what: string): PyGlobal | PyObject | PyReference {
    const callee = this.#callee(node, what);
    if (
      callee instanceof PyGlobal &&
      (callee.module === 'builtins' || callee.module === '__builtin__') &&
      NOT_TYPES.has(callee.name)
    )
      throw this.#fault(`read ${what}`, `'${callee.name}' is not a class`);
    return callee;
  }

  #checkFrame(length: number): void {
    const left = this.reader.size - this.reader.position;
    if (length > left)
      throw this.#fault(`read frame of ${length} bytes`, `the pickle ends after ${left} of them`);
  }

  #fault(action: string, state: string): FormatError {
    return corrupt(this.reader.at, `${action} at byte ${this.reader.at}`, state);
  }
}

function charge(budget: Budget, count: number): void {
  budget.takeBytes(count * BYTES_PER_OPCODE, `pickle of more than ${count} opcodes`);
  budget.takeItems(count, `pickle of more than ${count} opcodes`);
}

function isUnhashable(node: Node): boolean {
  return (
    node instanceof PyList ||
    node instanceof PyDict ||
    node instanceof PyBytearray ||
    (node instanceof PySet && !node.frozen)
  );
}
