export { Budget, type BudgetLimits, type BudgetMark, DEFAULT_DEPTH, defaultBudget } from './budget.js';
export type { Capabilities, RootKind } from './contract/capabilities.js';
export type { Context, FormatSet, TempFile } from './contract/context.js';
export type { Fact, FormatFacts } from './contract/facts.js';
export type {
  Bytes,
  Engine,
  FileNeeds,
  Format,
  Implementation,
  ProbeInput,
  ProbeResult,
} from './contract/format.js';
export type { OptionSpec, OptionSpecs } from './contract/options.js';
export type { BatchOptions, Commit, Editor, Entry, Reader, ReadSelection } from './contract/reader.js';
export {
  type ErrorCode,
  FormatError,
  type FormatErrorDetails,
  formatErrorLine,
  isFormatError,
  withDetails,
} from './errors.js';
export { markBefore, type PlaceMarks, readMarks, writeMarks } from './file-index/marks.js';
export { damagedIndex, VarintReader, VarintWriter } from './file-index/varints.js';
export { holdShape } from './hold-shape.js';
export { blobSource } from './io/blob-source.js';
export { type BytesSink, bytesSink, bytesSource } from './io/bytes-source.js';
export { type CachingOptions, cachingSource } from './io/caching-source.js';
export { type CoalescingOptions, coalescingSource } from './io/coalescing-source.js';
export {
  type CountedSink,
  type CountedSource,
  countingSink,
  countingSource,
  type IoCounts,
} from './io/counting.js';
export { type FileSinkOptions, fileSink } from './io/file-sink.js';
export { fileSource, isFile } from './io/file-source.js';
export { type HttpSourceOptions, httpSource } from './io/http-source.js';
export type { Journal } from './io/journal.js';
export { type LineBlock, readLineBlocks } from './io/line-blocks.js';
export { byteLengthOf, joinBytes, piecesOf } from './io/ranges.js';
export { ScanWindow, type WindowView } from './io/scan-window.js';
export type { Range, Sink, Source } from './io/source.js';
export { type WriteFileOptions, writeFileAtomic } from './io/write-file.js';
export type { BatchesOptions } from './lab/batches.js';
export type { CallOptions } from './lab/call.js';
export { engineIds } from './lab/call.js';
export type { ConvertOptions } from './lab/convert.js';
export { createLab, type Lab } from './lab/create-lab.js';
export { type Detection, PROBE_BYTES } from './lab/detect.js';
export type { EditFile } from './lab/edit.js';
export type { Cost, ExplainOptions, Explanation } from './lab/explain.js';
export { type FitTarget, fitValue } from './lab/fit.js';
export { formatSet } from './lab/format-set.js';
export type { Input } from './lab/input.js';
export type { IndexOptions, IndexReport } from './lab/make-index.js';
export { type OpenFile, openFormat } from './lab/open.js';
export type { Plan } from './lab/plan.js';
export type { Safety } from './lab/recover.js';
export { wholeEditor } from './lab/rewrite-editor.js';
export type { Savable, SaveOptions, SaveReport, Target } from './lab/save.js';
export { putValue, removeValue } from './lab/value-edit.js';
export { entriesOf, selectFrom, valueAt, wholeReader } from './lab/whole-reader.js';
export {
  COMPRESSIONS,
  type Compression,
  compressionOfHead,
  peelName,
  suffixOf,
} from './layers/compression.js';
export { type CompressOptions, compress, decompress, decompressHead } from './layers/layers.js';
export { type Loss, type LossKind, lossLine } from './loss.js';
export { formatFloat64, formatInteger, MAX_FLOAT_LENGTH } from './numbers/format-number.js';
export { isoTime } from './numbers/iso-time.js';
export { NumberRows } from './numbers/number-rows.js';
export {
  IS_FLOAT,
  IS_LOOSE,
  IS_NUMBER,
  IS_ROUNDED,
  IS_WIDE,
  int64OfIntegers,
  NumberScanner,
  parseFloat64,
  parseInteger,
} from './numbers/parse-number.js';
export { allocateBytes } from './platform/allocate-bytes.js';
export {
  parseSelection,
  resolveSelection,
  rowsToResolve,
  type Selection,
  type SliceItem,
  type Span,
  shapeOfSpans,
  spanExtent,
} from './selection/selection.js';
export { parseSelector, type Selector } from './selection/selector.js';
export { attributesOf, withAttributes } from './values/attributes.js';
export { isColumnType } from './values/column-type.js';
export { appendValue, concatArrays, concatTables } from './values/concat.js';
export { type CompareOptions, type Difference, firstDifference } from './values/difference.js';
export {
  allocateData,
  type DataByDType,
  type DataOf,
  DTYPES,
  type DType,
  FIXED_DTYPES,
  isDType,
  itemSize,
  NAT,
  slotsPerItem,
  type TimeUnit,
  viewData,
} from './values/dtype.js';
export { float16ToFloat32, float16ToNumber, numberToFloat16 } from './values/float16.js';
export { isNDArray, NDArray, type NDArrayInit, ndarray, sizeOfShape, zeros } from './values/nd-array.js';
export { elementAt, fromNested, scalarArray, toNested } from './values/nested.js';
export { childPath, joinPath, splitPath } from './values/path.js';
export { cellsOf, columnOfValues, table, toRows } from './values/rows.js';
export {
  gatherSpans,
  pickColumns,
  sliceArray,
  sliceTable,
  stridesOf,
  type TableSelection,
  toCOrder,
} from './values/slice.js';
export {
  type Column,
  type ColumnType,
  isTable,
  type ListType,
  type MapType,
  type ScalarType,
  type StructType,
  scalarType,
  Table,
} from './values/table.js';
export { bytesOfTable } from './values/table-bytes.js';
export {
  batchParts,
  columnsOfParts,
  type PartColumn,
  partOfTable,
  readParts,
  rowsOfParts,
  type TablePart,
} from './values/table-parts.js';
export { isPairs, isTagged, Pairs, Tagged } from './values/tagged.js';
export { isRecord, kindOfValue, newRecord, type Value, type ValueRecord } from './values/value.js';
