import type { Corpus } from './corpus.js';
import { csvCorpus } from './formats/csv.js';
import { hdf5Corpus } from './formats/hdf5.js';
import { jsonCorpus } from './formats/json.js';
import { marshalCorpus } from './formats/marshal.js';
import { matlabCorpus } from './formats/matlab.js';
import { msgpackCorpus } from './formats/msgpack.js';
import { numpyCorpus } from './formats/numpy.js';
import { parquetCorpus } from './formats/parquet.js';
import { pickleCorpus } from './formats/pickle.js';
import { protobufCorpus } from './formats/protobuf.js';
import { sqliteCorpus } from './formats/sqlite.js';
import { textCorpus } from './formats/text.js';
import { xmlCorpus } from './formats/xml.js';
import { yamlCorpus } from './formats/yaml.js';

/** In the order of the scoreboard. */
export const CORPORA: readonly Corpus[] = [
  csvCorpus,
  hdf5Corpus,
  jsonCorpus,
  marshalCorpus,
  matlabCorpus,
  msgpackCorpus,
  numpyCorpus,
  parquetCorpus,
  pickleCorpus,
  protobufCorpus,
  sqliteCorpus,
  textCorpus,
  xmlCorpus,
  yamlCorpus,
];
