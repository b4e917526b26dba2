import type { FormatRecord } from '../../../src/results/record.js';
import { dataTable, h } from '../dom.js';
import { glyph } from '../looks.js';
import { lead, type Section, section, type View } from '../view.js';

/** Languages, systems and versions, and the grades of access that the tests measure. */
export function portability(): Section {
  return section('portability', 'Who else reads it', [], (view) => {
    const told = view.model.formats.filter(({ defaultEngine, facts }) => defaultEngine && facts !== null);
    const graded = view.model.formats.filter(({ can }) => can !== undefined);
    if (told.length === 0 && graded.length === 0) return [];
    return [
      lead(
        'Languages, portability and access of each format; a pointer over a line shows where it is stated.',
      ),
      dataTable(
        'Languages and portability',
        ['format', 'specification', 'languages and their libraries', 'other systems and versions'],
        told.map((record) => factsRow(record, view)),
        'facts',
      ),
      h('h3', {}, 'Grades of access, each held by a test that counts bytes'),
      dataTable(
        'Grades of access',
        ['format', 'list entries', 'read one', 'slice', 'append', 'replace', 'batches', 'checksum'],
        graded.map((record) => gradesRow(record, view)),
        'grades',
      ),
    ];
  });
}

function factsRow(record: FormatRecord, view: View): HTMLElement[] {
  // Only records with facts come here.
  const facts = record.facts!;
  return [
    h('th', { scope: 'row' }, glyph(view.look(record.format)), record.title),
    h(
      'td',
      { title: facts.specification.source },
      facts.specification.text,
      h('br'),
      h('small', {}, facts.humanReadable ? 'readable by people' : 'binary'),
    ),
    h(
      'td',
      {},
      ...facts.languages.flatMap(({ language, library, source }, i) => [
        i === 0 ? '' : ' · ',
        h('span', { title: source }, h('b', {}, language), ` ${library}`),
      ]),
    ),
    h(
      'td',
      {},
      h('ul', {}, ...facts.portability.map(({ text, source }) => h('li', { title: source }, text))),
    ),
  ];
}

function gradesRow({ format, engine, defaultEngine, can }: FormatRecord, view: View): HTMLElement[] {
  const batches = [can.batches?.read ? 'read' : '', can.batches?.write ? 'write' : '']
    .filter(Boolean)
    .join(', ');
  const label = engine === null || defaultEngine ? format : `${format} (${engine})`;
  return [
    h('th', { scope: 'row' }, glyph(view.look(format)), label),
    grade(can.list, 'index', 'whole'),
    grade(can.readOne, 'seek', 'whole'),
    grade(can.slice, 'chunk', 'none'),
    grade(can.append, 'tail', 'rewrite'),
    grade(can.update, 'in-place', 'rewrite'),
    h('td', { class: batches === '' ? 'none' : 'good' }, batches === '' ? '–' : batches),
    h('td', { class: can.integrity === 'none' ? 'none' : 'good' }, can.integrity === 'none' ? '–' : '✓'),
  ];
}

function grade(value: string, best: string, worst: string): HTMLElement {
  const className = value === best ? 'good' : value === worst ? 'none' : '';
  return h('td', { class: className }, `${value === best ? '● ' : value === worst ? '○ ' : '◐ '}${value}`);
}
