import { newRecord, Tagged, type Value } from '@formatlab/core';
import { CDATA, COMMENT, DOCTYPE, END, END_OF_FILE, INSTRUCTION, START, TEXT } from '../parse/events.js';
import type { XmlScanner } from '../parse/scanner.js';
import type { ReadContext } from '../typed/element-reader.js';
import { CDATA_SECTION, COMMENT_NODE, DECLARATION, DOCUMENT, ELEMENT, PROCESSING } from './tags.js';

/** What a node takes in memory, about, without its text. */
const NODE_BYTES = 64;

interface Open {
  readonly children: Value[];
  readonly attributes: { [name: string]: Value };
}

/**
 * Every node of the document in order: `Tagged('xml:document', nodes)` around elements
 * `Tagged('xml:element', nodes, { name, namespace, attributes })`, text as strings, CDATA, comments, instructions.
 */
export function readNodes(scanner: XmlScanner, context: ReadContext): Tagged {
  const { budget } = context;
  const { input } = scanner;
  const attributes = newRecord();
  if (input.declared) attributes['version'] = input.version;
  if (input.standalone !== undefined) attributes['standalone'] = input.standalone;
  const stack: Open[] = [{ children: [], attributes }];
  for (;;) {
    const event = scanner.next();
    const { children } = stack[stack.length - 1]!;
    if (event !== END && event !== END_OF_FILE) {
      budget.takeItems(1, 'XML');
      budget.takeBytes(NODE_BYTES, 'nodes of XML');
    }
    switch (event) {
      case START:
        stack.push({ children: [], attributes: elementOf(scanner) });
        break;
      case END: {
        const closed = stack.pop()!;
        stack[stack.length - 1]!.children.push(new Tagged(ELEMENT, closed.children, closed.attributes));
        break;
      }
      case TEXT:
        addText(children, scanner.text());
        break;
      case CDATA:
        children.push(new Tagged(CDATA_SECTION, scanner.text()));
        break;
      case COMMENT:
        children.push(new Tagged(COMMENT_NODE, scanner.text()));
        break;
      case INSTRUCTION:
        children.push(new Tagged(PROCESSING, scanner.text(), { target: scanner.name }));
        break;
      case DOCTYPE:
        children.push(new Tagged(DECLARATION, scanner.text().trim()));
        break;
      default:
        return new Tagged(DOCUMENT, children, attributes);
    }
  }
}

/** Text that an entity cut up is one text. */
function addText(children: Value[], text: string): void {
  const last = children[children.length - 1];
  if (text === '') return;
  if (typeof last === 'string') children[children.length - 1] = last + text;
  else children.push(text);
}

function elementOf(scanner: XmlScanner): { [name: string]: Value } {
  const element = newRecord();
  element['name'] = scanner.name;
  const namespace = scanner.namespace();
  if (namespace !== undefined) element['namespace'] = namespace;
  if (scanner.attributeCount > 0) {
    const attributes = newRecord();
    for (let i = 0; i < scanner.attributeCount; i++)
      attributes[scanner.attributeNames[i]!] = scanner.attributeValues[i]!;
    element['attributes'] = attributes;
  }
  return element;
}
