/** Bytes that reading one entry may take beside its own. */
const MOST_BESIDE_ENTRY = 1_000_000;
const MOST_REWRITTEN_SHARE = 0.01;
/** An index is a small part of what it leads to. */
const MOST_LISTED_SHARE = 0.1;

/** Cells of the table of formats: of one entry, and one more, in a file of many arrays; a dash for what was not measured. */
export function measuredAccess(access, format) {
  const result = resultOf(access, format);
  const local = result?.rounds[0]?.local;
  const requests = result?.http?.one?.requests;
  const of = result?.count === undefined ? '' : ` (of ${result.count})`;
  return [
    local === undefined ? '–' : `${kilobytes(local.one.bytes)}${of}`,
    local === undefined
      ? '–'
      : `${kilobytes(local.append.written)}, ${kilobytes(local.append.rewritten)}${of}`,
    requests === undefined ? '–' : `${requests}${of}`,
  ];
}

/** Sentences for grades that the measurements contradict. */
export function contradictions(access, formats) {
  return formats.flatMap((format) => {
    const { can, id } = format;
    const result = resultOf(access, format);
    const local = result?.rounds[0]?.local;
    if (local === undefined) return [];
    const { rows, columns } = access.arrays;
    const most = rows * columns * 8 + MOST_BESIDE_ENTRY;
    const share = local.append.rewritten / local.append.fileBytes;
    const found = [];
    // Rows of a table are no entry: of them the grade of slices speaks.
    if (can.readOne === 'seek' && result.container.layout === 'entries' && local.one.bytes > most)
      found.push(`${id} claims 'seek' for one entry: it read ${local.one.bytes} bytes of at most ${most}`);
    if (can.list === 'index' && local.list.bytes > result.made.bytes * MOST_LISTED_SHARE)
      found.push(
        `${id} claims 'index' for listing: it read ${local.list.bytes} of ${result.made.bytes} bytes`,
      );
    if (can.append !== 'rewrite' && share > MOST_REWRITTEN_SHARE)
      found.push(
        `${id} claims '${can.append}' for append: it wrote over ${(share * 100).toFixed(1)} % of the file`,
      );
    return found;
  });
}

/** Of the file that the format itself wrote. */
function resultOf(access, format) {
  return access?.containers.find(
    ({ container, rounds }) =>
      container.format === format.id &&
      container.layout !== 'h5py' &&
      container.layout !== 'mat73' &&
      container.indexed !== true &&
      rounds.length > 0,
  );
}

function kilobytes(bytes) {
  const kb = bytes / 1000;
  return kb >= 100 || kb === 0 ? kb.toFixed(0) : kb.toPrecision(2);
}
