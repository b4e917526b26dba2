import { ByteReader } from '../byte-reader.js';
import { corrupt, guarded } from '../corrupt.js';
import { decodeStruct } from '../thrift/decode.js';

/** Where one data page lies, and the first of its rows (`PageLocation`). */
export interface PageLocation {
  readonly at: number;
  readonly length: number;
  readonly firstRow: number;
}

/** The pages of a column chunk in order (`OffsetIndex`). @throws FormatError `corrupt` */
export function decodeOffsetIndex(bytes: Uint8Array, base: number, size: number): readonly PageLocation[] {
  return guarded('read offset index', base, () => {
    const pages = (decodeStruct(new ByteReader(bytes, base)).structs(1) ?? []).map((page) => ({
      at: page.count(1, 'offset of a page'),
      length: page.count(2, 'size of a page'),
      firstRow: page.count(3, 'first row of a page'),
    }));
    for (const [i, page] of pages.entries()) {
      const before = pages[i - 1];
      if (
        page.at + page.length > size ||
        (before === undefined ? page.firstRow !== 0 : page.firstRow < before.firstRow || page.at < before.at)
      ) {
        throw corrupt(
          `read offset index: page ${i} at byte ${page.at} from row ${page.firstRow} is out of place`,
          base,
        );
      }
    }
    return pages;
  });
}

/** The pages that hold rows `from … to` of `rows`. */
export interface PageRun {
  /** Bytes of the pages. */
  readonly at: number;
  readonly length: number;
  readonly firstRow: number;
  readonly rows: number;
}

export function pagesOfRows(pages: readonly PageLocation[], from: number, to: number, rows: number): PageRun {
  const first = Math.max(
    0,
    pages.findLastIndex((page) => page.firstRow <= from),
  );
  const after = pages.findIndex((page) => page.firstRow >= to);
  const last = pages[(after < 0 ? pages.length : Math.max(after, first + 1)) - 1]!;
  const { at, firstRow } = pages[first]!;
  return {
    at,
    length: last.at + last.length - at,
    firstRow,
    rows: (after < 0 ? rows : (pages[Math.max(after, first + 1)]?.firstRow ?? rows)) - firstRow,
  };
}
