import { damaged } from '../native/field-reader.js';
import { bytesFor, type Structures } from '../native/structures.js';
import { ByteList } from '../write/byte-list.js';

/** Bytes of a heap's blocks that no object takes. */
export interface FreeSection {
  readonly offset: number;
  readonly size: number;
}

/** The free space of a fractal heap, as its manager keeps it (spec III.H). */
export interface FreeSpace {
  /** Bytes that the list of sections may take where it is; 0 where there is none. */
  readonly allocated: number;
  readonly list: number | undefined;
  readonly sections: readonly FreeSection[];
}

/** Sizes of the fields of a heap's sections. */
export interface SectionFields {
  /** Bits of an offset in the heap. */
  readonly offsetBits: number;
  readonly mostDirect: number;
}

export const FREE_SPACE_HEADER = 82;
const LIST_FRAME = 17;
/** Kinds of sections that the library declares for heaps; a single one lies within a block. */
const SECTION_KINDS = 4;
const SINGLE = 0;
/** Percent at which the library makes the list smaller, and larger. */
const SHRINK = 80;
const EXPAND = 120;

/** Undefined where sections are of another kind than those within one block. @throws FormatError `corrupt` */
export function readFreeSpace(file: Structures, address: number, kind: SectionFields): FreeSpace | undefined {
  const header = file.checked(address, FREE_SPACE_HEADER).signature('FSHD').skip(2);
  header.skip(8);
  const count = header.length();
  const listed = header.length();
  header.skip(8 + 4 * 2 + 8);
  const list = header.address();
  const used = header.length();
  const allocated = header.length();
  if (count !== listed) return undefined;
  if (list === undefined || count === 0) return { allocated: 0, list: undefined, sections: [] };
  const sections: FreeSection[] = [];
  const fields = file.checked(list, used).signature('FSSE').skip(9);
  while (sections.length < count) {
    const alike = fields.uint(bytesFor(count));
    const size = fields.uint(bytesFor(kind.mostDirect));
    if (alike === 0) throw damaged('read HDF5 file: a list of free space without an end', file.base + list);
    for (let i = 0; i < alike; i++) {
      sections.push({ offset: fields.uint(Math.ceil(kind.offsetBits / 8)), size });
      if (fields.u8() !== SINGLE) return undefined;
    }
  }
  return { allocated, list, sections };
}

/** The list of sections, smallest first, that belongs to the manager at `header`. */
export function freeSpaceList(
  sections: readonly FreeSection[],
  kind: SectionFields,
  header: number,
): Uint8Array {
  const bySize = new Map<number, FreeSection[]>();
  for (const section of [...sections].sort((a, b) => a.size - b.size || a.offset - b.offset))
    bySize.set(section.size, [...(bySize.get(section.size) ?? []), section]);
  const list = new ByteList().text('FSSE').u8(0).u64(header);
  for (const [size, alike] of bySize) {
    list.uint(alike.length, bytesFor(sections.length)).uint(size, bytesFor(kind.mostDirect));
    for (const { offset } of alike) list.uint(offset, Math.ceil(kind.offsetBits / 8)).u8(SINGLE);
  }
  return list.sealed();
}

/** The most that a list of so many sections takes. */
export function mostOfList(count: number, kind: SectionFields): number {
  const one = bytesFor(count) + bytesFor(kind.mostDirect) + Math.ceil(kind.offsetBits / 8) + 1;
  return LIST_FRAME + count * one;
}

/** @param used bytes of the list, which is at `list` and may take `allocated` */
export function freeSpaceHeader(
  sections: readonly FreeSection[],
  kind: SectionFields,
  {
    list,
    used,
    allocated,
  }: { readonly list: number | undefined; readonly used: number; readonly allocated: number },
): Uint8Array {
  const total = sections.reduce((sum, { size }) => sum + size, 0);
  const bytes = new ByteList()
    .text('FSHD')
    .u8(0, 0) // of a fractal heap
    .u64(total)
    .u64(sections.length)
    .u64(sections.length)
    .u64(0)
    .u16(SECTION_KINDS)
    .u16(SHRINK)
    .u16(EXPAND)
    .u16(kind.offsetBits)
    .u64(kind.mostDirect)
    .u64(list)
    .u64(used)
    .u64(allocated);
  return bytes.sealed();
}
