import { newRecord, type Value } from '@formatlab/core';
import { CDATA, END, END_OF_FILE, START, TEXT } from '../parse/events.js';
import type { XmlScanner } from '../parse/scanner.js';
import type { ReadContext } from '../typed/element-reader.js';
import { MARK } from '../typed/vocabulary.js';
import { TREE_MARK, TreeElement } from './tree.js';

/** What an element takes in memory, about, without its text. */
const ELEMENT_BYTES = 48;

/**
 * The document whose root's start tag was read, as `{ root: value }`. An element is its text where it has nothing
 * else, or a record: attributes as `@name`, elements by name, those that repeat as lists, text as `#text`.
 */
export function readTree(scanner: XmlScanner, context: ReadContext): Value {
  const { budget } = context;
  const stack: TreeElement[] = [];
  let root: Value = null;
  let name = '';
  let isWrapped = false;
  let mixed = 0;
  const countMixed = (): void => void mixed++;
  for (let event = START; event !== END_OF_FILE; event = scanner.next()) {
    switch (event) {
      case START: {
        budget.takeItems(1, 'XML');
        budget.takeBytes(ELEMENT_BYTES, 'elements of XML');
        const element = new TreeElement(scanner.name);
        if (stack.length === 0) isWrapped = scanner.attribute(MARK) === TREE_MARK;
        for (let i = 0; i < scanner.attributeCount; i++) {
          if (isWrapped && stack.length === 0 && scanner.attributeNames[i] === MARK) continue;
          element.attribute(scanner.attributeNames[i]!, scanner.attributeValues[i]!);
        }
        stack.push(element);
        break;
      }
      case END: {
        const element = stack.pop()!;
        const value = element.finish(countMixed);
        const parent = stack[stack.length - 1];
        if (parent === undefined) {
          root = value;
          name = element.name;
        } else parent.element(element.name, value);
        break;
      }
      case TEXT:
      case CDATA:
        stack[stack.length - 1]!.text(scanner.text());
        break;
      default:
    }
  }
  if (mixed > 0) {
    context.loss({
      path: '',
      kind: 'order',
      from: 'members in turns, or text between them',
      to: 'members by name',
      count: mixed,
    });
  }
  if (isWrapped) return root === '' ? newRecord() : root;
  const document = newRecord();
  document[name] = root;
  return document;
}
