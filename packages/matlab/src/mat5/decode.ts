import { isNDArray, newRecord, type Value, withAttributes } from '@formatlab/core';
import { HEADER_BYTES } from './constants.js';
import type { MatrixWork } from './decode-matrix.js';
import { inputOf, readElement } from './element.js';
import type { FileHeader } from './file-header.js';
import { readVariable } from './variable.js';

/** Of a file that function handles or objects are saved in: what they refer to, as bytes. */
export const SUBSYSTEM = 'subsystem';

/** The variables of a file of version 5 or 7; of several with one name the last. @throws FormatError `corrupt`, `limit` */
export function decodeMat5(bytes: Uint8Array, header: FileHeader, work: MatrixWork): Value {
  const input = inputOf(bytes, header.little, 0);
  const record = newRecord();
  let root: Value | undefined;
  let subsystem: Value | undefined;
  let count = 0;
  for (let at = HEADER_BYTES; at < bytes.byteLength; ) {
    const element = readElement(input, at, bytes.byteLength);
    work.budget.takeItems(1, 'variable');
    const { head, value } = readVariable(input, element, work);
    const decoded = value();
    if (isSubsystem(head.name, at, header)) subsystem = decoded;
    else {
      if (Object.hasOwn(record, head.name))
        work.loss({
          path: `/${head.name}`,
          kind: 'dropped',
          from: 'variable saved twice',
          to: 'the last one',
        });
      record[head.name] = decoded;
      root = head.mark.root ? decoded : undefined;
      count++;
    }
    at = element.next;
  }
  if (count === 1 && root !== undefined) return root;
  return isNDArray(subsystem) ? withAttributes(record, { [SUBSYSTEM]: subsystem }) : record;
}

/** It has no name, and the header says where it stands. */
export function isSubsystem(name: string, at: number, header: FileHeader): boolean {
  return name === '' && (header.subsystem === 0 || header.subsystem === at);
}
