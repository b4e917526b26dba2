/** One option of a format, as data: documentation, validation and command line come from it. */
export type OptionSpec =
  | (OptionCommon & { readonly type: 'boolean'; readonly default?: boolean })
  | (OptionCommon & {
      readonly type: 'integer' | 'number';
      readonly default?: number;
      readonly min?: number;
      readonly max?: number;
    })
  | (OptionCommon & { readonly type: 'string'; readonly default?: string })
  | (OptionCommon & { readonly type: 'enum'; readonly choices: readonly string[]; readonly default?: string })
  /** Anything else (a list, a function, a schema); the format checks it. */
  | (OptionCommon & { readonly type: 'value' });

interface OptionCommon {
  /** Whether it matters to reading, to writing, or to both. */
  readonly for: 'read' | 'write' | 'both';
  /** One sentence for the documentation and `--help`. */
  readonly doc: string;
}

export type OptionSpecs<Options> = { readonly [Name in keyof Options & string]: OptionSpec };
