import type { Corpus } from './corpus.js';
import { csvCorpus } from './formats/csv.js';
import { jsonCorpus } from './formats/json.js';
import { marshalCorpus } from './formats/marshal.js';
import { matlabCorpus } from './formats/matlab.js';
import { msgpackCorpus } from './formats/msgpack.js';
import { parquetCorpus } from './formats/parquet.js';
import { textCorpus } from './formats/text.js';
import { xmlCorpus } from './formats/xml.js';

/** In the order of the scoreboard. */
export const CORPORA: readonly Corpus[] = [
  csvCorpus,
  jsonCorpus,
  marshalCorpus,
  matlabCorpus,
  msgpackCorpus,
  parquetCorpus,
  textCorpus,
  xmlCorpus,
];
