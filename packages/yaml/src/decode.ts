import { type Context, defaultBudget, FormatError, type Value } from '@formatlab/core';
import { type Rules, rulesOf, type YamlOptions } from './options.js';
import { parseYaml } from './parse/parser.js';
import { sourceText } from './parse/source-text.js';
import { shapeRoot } from './read/shape.js';

type ReadContext = Pick<Context<object>, 'budget' | 'progress'>;

export function decode(bytes: Uint8Array, context: Context<YamlOptions>): Value {
  return decodeWith(bytes, rulesOf(context.options), context);
}

/**
 * The value in YAML 1.2 text (UTF-8 or UTF-16): rectangular lists of numbers as arrays and lists of like maps as
 * tables where the options say so. Tags make values of this model and never objects of a language: those that are
 * not known stay as `Tagged`.
 *
 * @throws FormatError `corrupt` with line, column and byte offset, `limit` for depth, size and repetition by aliases
 */
export function decodeYaml(bytes: Uint8Array, options: YamlOptions = {}): Value {
  return decodeWith(bytes, rulesOf(options), { budget: defaultBudget(bytes.length), progress() {} });
}

/** Characters of text in memory, as charged to the budget. */
const CHARACTER_BYTES = 2;

export function decodeWith(bytes: Uint8Array, rules: Rules, context: ReadContext): Value {
  const { budget } = context;
  budget.takeBytes(bytes.length * CHARACTER_BYTES, 'the text of YAML');
  const source = sourceText(bytes);
  const { documents, marks } = parseYaml(source, budget, {
    version: rules.version,
    aliases: rules.aliases,
    progress: (done) => context.progress(done, source.text.length),
  });
  if (rules.documents === 'one' && documents.length > 1)
    throw new FormatError(
      'unsupported',
      `read YAML with 'documents' 'one': the file has ${documents.length}; 'auto' makes a list of them`,
      { format: 'yaml', feature: 'documents' },
    );
  const single = documents.length <= 1 && rules.documents !== 'list';
  return single
    ? shapeRoot(documents[0] ?? null, rules, marks)
    : documents.map((each) => shapeRoot(each, rules, marks));
}
