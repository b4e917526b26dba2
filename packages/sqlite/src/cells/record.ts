import { corrupt } from '../file/faults.js';
import { readVarint, varintLength } from '../file/varint.js';

/** SQLite's limit for the header of a record: 32,767 columns of three bytes each. */
const MOST_HEADER = 98_307;
const SIZES = [0, 1, 2, 3, 4, 6, 8, 8, 0, 0, 0, 0];

/** Serial types and places of the fields of one record. */
export class RecordFields {
  readonly serials: number[] = [];
  /** Place of each field behind the start of the record. */
  readonly places: number[] = [];
  count = 0;
  /** Where the last field that was looked at ends. */
  end = 0;

  /**
   * Reads the header of the record of `size` bytes that begins at `at`, up to `wanted` fields. `there` bytes of it
   * lie in `bytes`; false when the header does not.
   *
   * @throws FormatError `corrupt`
   */
  read(bytes: Uint8Array, at: number, there: number, size: number, wanted: number): boolean {
    const header = readVarint(bytes, at);
    let place = at + varintLength(bytes, at);
    this.count = 0;
    this.end = 0;
    if (header > size || header > MOST_HEADER)
      throw corrupt('row', `its header of ${header} bytes is too long`);
    if (header > there) return false;
    const end = at + header;
    let offset = header;
    while (this.count < wanted && place < end) {
      let serial = bytes[place]!;
      if (serial < 0x80) place++;
      else {
        serial = readVarint(bytes, place);
        place += varintLength(bytes, place);
      }
      if (serial === 10 || serial === 11) throw corrupt('row', `serial type ${serial} is reserved`);
      this.serials[this.count] = serial;
      this.places[this.count++] = offset;
      offset += serial < 12 ? SIZES[serial]! : (serial - 12 - (serial % 2)) / 2;
    }
    this.end = offset;
    const complete = place >= end;
    // A header of no bytes is a record of no fields.
    if (header > 0 && (offset > size || (complete && (place > end || offset !== size))))
      throw corrupt('row', `fields of ${offset} bytes in a row of ${size}`);
    return true;
  }

  /** Bytes that field `index` takes. */
  sizeOf(index: number): number {
    const serial = this.serials[index]!;
    return serial < 12 ? SIZES[serial]! : (serial - 12 - (serial % 2)) / 2;
  }
}
