import { fileBytes, type Row, sameData } from '../../../src/report/model.js';
import { sizedRows } from '../../../src/report/sizes.js';
import { formatBytes } from '../../../src/report/units.js';
import { compressionLook, compressionTitle, sizesChart } from '../charts/sizes.js';
import { dataTable, disclosure, h } from '../dom.js';
import { glyph } from '../looks.js';
import { nameOf } from '../rows.js';
import { figure, lead, type Section, section, type View } from '../view.js';

export interface SizeGroup {
  readonly name: string;
  readonly format: string;
  readonly sizes: readonly { readonly compression: Row['compression']; readonly bytes: number }[];
}

/** Files as they are and under each compression. */
export function sizes(): Section {
  return section('sizes', 'How much disk space', ['find', 'peers'], (view) => {
    const groups = groupsOf(view);
    if (groups.length === 0) return [];
    const compressions = [
      ...new Set(groups.flatMap(({ sizes: all }) => all.map(({ compression }) => compression))),
    ];
    const { bytes } = view.current.workload.dataset;
    return [
      lead(
        `The dashed line is the values themselves, ${formatBytes(bytes)}. Sizes are exact: they have no interval${severalMachines(view) ? ', and are those of all machines' : ''}.`,
      ),
      compressions.length > 1 &&
        h(
          'p',
          { class: 'legend' },
          ...compressions.map((one) => h('span', {}, glyph(compressionLook(one)), compressionTitle(one))),
        ),
      figure(sizesChart(groups, compressions, bytes, view)),
      disclosure(
        'The same as a table',
        dataTable(
          'File sizes, raw and compressed',
          ['format', ...compressions.map((one) => (one === 'none' ? 'as it is' : one))],
          groups.map(({ name, format, sizes: all }) => [
            h('th', { scope: 'row' }, glyph(view.look(format)), name),
            ...compressions.map((compression) => sizeCell(all, compression, bytes)),
          ]),
        ),
      ),
    ];
  });
}

function sizeCell(all: SizeGroup['sizes'], compression: string, values: number): HTMLElement {
  const found = all.find((one) => one.compression === compression);
  return h(
    'td',
    { class: 'number' },
    found === undefined ? '–' : `${formatBytes(found.bytes)} (${(found.bytes / values).toFixed(2)})`,
  );
}

/** Smallest plain file first. */
function groupsOf({ model, current, state }: View): SizeGroup[] {
  const wanted = state.find.trim().toLowerCase();
  const groups = new Map<string, { name: string; format: string; sizes: SizeGroup['sizes'][number][] }>();
  for (const row of sizedRows(model, current)) {
    const bytes = fileBytes(row);
    if (row.peer !== undefined && state.peers === 'no') continue;
    if (bytes === undefined || !row.label.toLowerCase().includes(wanted)) continue;
    const name = nameOf(row).replace(/ \+ \w+/, '');
    const group = groups.get(name) ?? { name, format: row.format, sizes: [] };
    groups.set(name, group);
    group.sizes.push({ compression: row.compression, bytes });
  }
  const first = (group: SizeGroup): number =>
    group.sizes.find(({ compression }) => compression === 'none')?.bytes ?? group.sizes[0]!.bytes;
  return [...groups.values()].sort((a, b) => first(a) - first(b));
}

function severalMachines({ model, current }: View): boolean {
  return model.workloads.some((one) => one.machine !== current.machine && sameData(one, current));
}
