import { literalIndicator } from './scalar-text.js';
import { TextWriter } from './text-writer.js';

export const STEP = 2;
/** Lists of numbers go on in a new line behind this column. */
const WIDTH = 96;

/**
 * What stands before a node in its line: nothing, as at the root; `-`, `?` or `:`, behind which a collection may begin;
 * a key with its colon; or a line that a tag ended, so that the node's own is still to be indented.
 */
export type Lead = 'nothing' | 'dash' | 'key' | 'tag';

/** Lines of YAML with their indentation. */
export class Lines {
  readonly out = new TextWriter();

  /** The rest of a line behind its lead. */
  line(lead: Lead, text: string): void {
    this.out.add(lead === 'nothing' ? `${text}\n` : ` ${text}\n`);
  }

  /** A tag, whose collection begins on the next line with the lead `tag`. */
  tag(tag: string, lead: Lead): void {
    this.line(lead, tag);
  }

  /** The start of a line. */
  indented(indent: number, text: string): void {
    this.out.add(' '.repeat(indent) + text);
  }

  /** Begins the line of a member: the first one behind a dash goes on in the dash's line. */
  begin(lead: Lead, indent: number, first: boolean, text: string): void {
    if (first && lead === 'nothing') return this.out.add(text);
    if (first && lead === 'dash') return this.out.add(` ${text}`);
    if (first && lead === 'key') this.out.add('\n');
    this.indented(indent, text);
  }

  /** A text of several lines as a literal block scalar (YAML 1.2.2, section 8.1.2). */
  literal(text: string, lead: Lead, indent: number): void {
    this.line(lead, literalIndicator(text));
    const blanks = ' '.repeat(Math.max(indent, STEP));
    const lines = text.endsWith('\n') ? text.slice(0, -1) : text;
    for (const line of lines.split('\n')) this.out.add(line === '' ? '\n' : `${blanks}${line}\n`);
  }

  /** Scalars in brackets, in lines of some width. */
  row(count: number, text: (index: number) => string, lead: Lead, indent: number): void {
    const { out } = this;
    if (count === 0) return this.line(lead, '[]');
    const broken = `,\n${' '.repeat(Math.max(indent, 1))}`;
    if (lead === 'tag') this.indented(indent, '[');
    else out.add(lead === 'nothing' ? '[' : ' [');
    let column = indent;
    for (let i = 0; i < count; i++) {
      const item = text(i);
      if (i > 0) {
        out.add(column > WIDTH ? broken : ', ');
        column = column > WIDTH ? indent : column + 2;
      }
      out.add(item);
      column += item.length;
    }
    out.add(']\n');
  }
}
