/** Fewer arrays are listed from the rows themselves. */
const LEAST_ARRAYS = 16;
/** Bytes of data that an array has in the mean: rows of less lie so close that an index would spare little, and add much. */
const LEAST_MEAN_BYTES = 1024;

/** Whether arrays get an index to list them by. @param bytes of their data */
export function isWorthListIndex(arrays: number, bytes: number): boolean {
  return arrays >= LEAST_ARRAYS && bytes >= arrays * LEAST_MEAN_BYTES;
}
