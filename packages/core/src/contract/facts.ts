/** A statement and where it can be checked. */
export interface Fact {
  readonly text: string;
  /** Specification section, manual page or test of this repository. */
  readonly source: string;
}

/** The answers to the questions that no measurement gives, exported at `./facts` of each format package. */
export interface FormatFacts {
  readonly id: string;
  readonly title: string;
  /** The specification the plugin follows. */
  readonly specification: Fact;
  readonly humanReadable: boolean;
  /** Languages and the library that reads and writes it there. */
  readonly languages: readonly {
    readonly language: string;
    readonly library: string;
    readonly source: string;
  }[];
  /** Can the file be read on another operating system, architecture, version? */
  readonly portability: readonly Fact[];
  /** How an entry is added, reached, and what of the file must be read. */
  readonly access: readonly Fact[];
}
