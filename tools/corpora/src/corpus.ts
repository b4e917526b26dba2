/** The files of one format: where they lie, what is right, and how a peer library reads them. */
export interface Corpus {
  /** Id of the format. */
  readonly format: string;
  /** npm name of the library that reads the same files beside us; none where nobody reads the format. */
  readonly peer?: string;
  /** @param folder the unpacked corpora; cases in a fixed order, told apart by `file` */
  cases(folder: string): Iterable<CorpusCase> | AsyncIterable<CorpusCase>;
}

export interface CorpusCase {
  /** Path within the corpora with `/`; `#` and a name or number for one of many in a file. */
  readonly file: string;
  readonly kind: 'valid' | 'invalid';
  /**
   * Reads with our package. Of a valid case: undefined when right, else the difference in one line. An invalid
   * case has to throw a `FormatError`, or to give {@link RIGHT_VALUE} where the damage leaves the value alone.
   */
  ours(): unknown;
  /** The same with the peer, whose errors may be of any class. */
  peer?(): unknown;
}

/** What an invalid case gives when it comes out right all the same, which is as good as refusing it. */
export const RIGHT_VALUE = Symbol('the right value all the same');
