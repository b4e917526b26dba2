/** A general entity. */
export interface Entity {
  readonly name: string;
  /** Replacement text; undefined for an external entity, which is never opened. */
  readonly text: Uint8Array | undefined;
  readonly unparsed: boolean;
}

export interface AttributeRule {
  readonly name: string;
  /** Of type CDATA: white space stays as it is. */
  readonly plain: boolean;
  /** As it would stand in the start tag, normalised. */
  readonly value: string | undefined;
}

/** What a document type declaration says that matters to content. */
export interface Dtd {
  readonly name: string;
  readonly entities: ReadonlyMap<string, Entity>;
  readonly attributes: ReadonlyMap<string, ReadonlyMap<string, AttributeRule>>;
  /** Whether there are declarations that were not read: an external subset or parameter entity. */
  readonly unread: boolean;
}
