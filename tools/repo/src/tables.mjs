import { measuredAccess } from './access-figures.mjs';
import { sampleValues } from './sample-values.mjs';

/** Kinds of values in rows, formats in columns: each cell is what saving and loading a sample really did. */
export async function valuesTable(core, formats) {
  const ids = formats.map((format) => format.id);
  const rows = [];
  for (const [name, value] of sampleValues(core)) {
    const fates = await Promise.all(formats.map((format) => fateOf(core, format, value)));
    rows.push([name, ...fates]);
  }
  return markdownTable(['value', ...ids.map((id) => (ids.length === 1 ? 'comes back' : id))], rows);
}

/**
 * One line a format: what it holds, the grades that the conformance kit measures, and what the access suite measured.
 *
 * @param access the committed results of the access suite, where there are any
 */
export async function formatsTable(core, packages, access) {
  const rows = [];
  for (const { folder, formats } of packages) {
    for (const format of formats) {
      const { can } = format;
      const samples = sampleValues(core).filter(([name]) => / array$/.test(name));
      const fates = await Promise.all(samples.map(([, value]) => fateOf(core, format, value)));
      const exact = can.roots.includes('array')
        ? `${fates.filter((fate) => fate === 'exact').length} of ${fates.length}`
        : '–';
      rows.push([
        `[${format.title}](${folder})`,
        format.extensions.map((extension) => `\`${extension}\``).join(' '),
        can.roots.join(', '),
        exact,
        can.list,
        can.readOne,
        can.slice,
        can.append,
        can.update,
        ...measuredAccess(access, format),
      ]);
    }
  }
  return markdownTable(
    [
      'format',
      'files',
      'holds',
      'array dtypes kept exactly',
      'list',
      'read one',
      'slice',
      'append',
      'update',
      'KB read for one entry',
      'KB written, of them rewritten, for one more',
      'requests for one entry',
    ],
    rows,
  );
}

/** The committed run's figures of a format on the single array. */
export function measuredLine(records, formats) {
  const lines = formats.flatMap((format) => {
    const cells = records.filter(
      (record) =>
        record.kind === 'cell' &&
        record.format === format.id &&
        record.compression === 'none' &&
        record.times !== null,
    );
    const own = cells.filter((cell) => cell.engine === null || cell.engine === format.defaultEngine);
    return [...new Set(own.map((cell) => cell.workload.title))].map((title) => {
      const parts = own
        .filter((cell) => cell.workload.title === title)
        .map((cell) => `${cell.operation} ${cell.times.medianMs.toPrecision(3)} ms`);
      const size = own.find((cell) => cell.workload.title === title && cell.file !== null)?.file.bytes;
      return `- ${formats.length > 1 ? `${format.id}, ` : ''}${title}: ${parts.join(', ')}${size === undefined ? '' : `, ${size} bytes`}`;
    });
  });
  const run = records.find((record) => record.kind === 'run');
  if (lines.length === 0 || run === undefined) return 'Measure it with `npx formatlab-bench run`.';
  return `${lines.join('\n')}\n\n(${run.machine.cpu}, Node ${run.machine.node}; medians of ${run.settings.repeats} processes. The same run as the [report](../../showcase).)`;
}

async function fateOf(core, format, value) {
  const lab = core.createLab([format]);
  const losses = [];
  const onLoss = (loss) => losses.push(loss);
  try {
    const bytes = await lab.encode(value, format.id, { onLoss });
    const back = await lab.decode(bytes, { format: format.id, onLoss });
    const difference = core.firstDifference(back, value, { attributes: true });
    if (difference === undefined) return 'exact';
    return losses.length === 0
      ? `**differs at ${difference.path}**`
      : `as ${[...new Set(losses.map((loss) => loss.to))].slice(0, 2).join(', ')}`;
  } catch (error) {
    if (!core.isFormatError(error)) throw error;
    return error.code === 'unsupported' ? 'refused' : `refused: ${error.code}`;
  }
}

function markdownTable(head, rows) {
  return [head, head.map(() => '---'), ...rows]
    .map((cells) => `| ${cells.map((cell) => String(cell).replaceAll('|', '\\|')).join(' | ')} |`)
    .join('\n');
}
