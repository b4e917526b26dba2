/** The part of parquetjs-lite in use; it comes without types. */
declare module 'parquetjs-lite' {
  export interface FieldDefinition {
    readonly type: string;
    readonly optional?: boolean;
    readonly compression?: string;
    readonly statistics?: boolean;
  }

  interface ColumnValues {
    /** One a row. */
    readonly dlevels: readonly number[];
    /** Physical values that are there. */
    readonly values: readonly unknown[];
  }

  interface EnvelopeReader {
    readRowGroup(
      schema: object,
      rowGroup: object,
      columns: readonly (readonly string[])[],
    ): Promise<{ readonly columnData: Readonly<Record<string, ColumnValues>> }>;
  }

  export interface Library {
    readonly ParquetSchema: new (fields: Readonly<Record<string, FieldDefinition>>) => object;
    readonly ParquetWriter: {
      openStream(
        schema: object,
        stream: NodeJS.WritableStream,
        options?: object,
      ): Promise<{
        appendRow(row: object): Promise<void>;
        setMetadata(key: string, value: string): void;
        close(): Promise<void>;
      }>;
    };
    readonly ParquetReader: {
      openBuffer(
        buffer: Uint8Array,
        options?: object,
      ): Promise<{
        readonly envelopeReader: EnvelopeReader;
        readonly schema: object;
        readonly metadata: { readonly row_groups: readonly object[] };
        /** An object of node-int64, not a number. */
        getRowCount(): { toNumber(): number };
      }>;
    };
  }

  const library: Library;
  export default library;
}
