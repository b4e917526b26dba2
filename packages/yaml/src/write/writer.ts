import {
  type Context,
  FormatError,
  isNDArray,
  isPairs,
  isRecord,
  isTable,
  isTagged,
  kindOfValue,
  type Pairs,
  type Tagged,
  type Value,
} from '@formatlab/core';
import type { Rules } from '../options.js';
import { MapBuilder } from '../parse/map-builder.js';
import { LOCAL } from '../schema/tags.js';
import { type Form, formOf } from '../typed/forms.js';
import { nestedObjects, type Place, writeArray, writeTable } from './arrays.js';
import { MOST_KEY, scalarText } from './inline.js';
import { type Lead, Lines, STEP } from './lines.js';
import { Losses } from './losses.js';
import { readsAs } from './predict.js';
import { stringText } from './scalar-text.js';

/** Tags of other people that stand as they are; those of YAML and of this package mean something. */
const LOCAL_TAG = /^!(?!formatlab\/)[\w\-./:]+$/;
const GLOBAL_TAG = /^tag:(?!yaml\.org,2002:)[\w\-./:,@+]+$/;

export type WriteContext = Pick<Context<object>, 'budget' | 'loss' | 'progress'>;
/** Of the engine `typed` every value is exact, with tags; else what is lost is reported. */
export type WriteRules = Pick<Rules, 'arrays' | 'tables'> & { readonly typed: boolean };

type Entries = readonly (readonly [Value, Value])[];

/** Writes values as block collections; lists of numbers and rows of tables stand in brackets. */
export class YamlWriter {
  readonly lines = new Lines();
  readonly losses: Losses;
  readonly context: WriteContext;
  readonly #rules: WriteRules;

  constructor(rules: WriteRules, context: WriteContext) {
    this.#rules = rules;
    this.context = context;
    this.losses = new Losses(context, rules.typed);
  }

  /**
   * Writes a node behind its lead, with the line break at its end.
   *
   * @param indent column of its members where it is a collection
   * @param seen whether the reader looks for an array or table here
   * @param inner whether the reader looks for them in its members
   */
  node(value: Value, lead: Lead, indent: number, depth: number, seen: boolean, inner = false): void {
    this.context.budget.checkDepth(depth, 'YAML');
    const form = this.#rules.typed ? formOf(value, false) : undefined;
    if (form !== undefined) return this.#form(form, lead, indent, depth);
    const text = scalarText(value, this.losses, depth);
    if (text !== undefined) return this.lines.line(lead, text);
    if (typeof value === 'string') return this.lines.literal(value, lead, indent);
    this.#collection(value, lead, indent, depth, seen, inner);
  }

  #collection(value: Value, lead: Lead, indent: number, depth: number, seen: boolean, inner: boolean): void {
    const as = this.#readAs(value, seen);
    const place: Place = { lead, indent, depth, kept: as !== undefined };
    if (isNDArray(value)) {
      if (value.dtype !== 'object') return writeArray(value, place, this);
      this.losses.lose(depth, 'type', `object array of shape [${value.shape}]`, 'list');
      return this.losses.muted(() => this.node(nestedObjects(value), lead, indent, depth, false));
    }
    if (isTable(value)) return writeTable(value, place, this);
    if (Array.isArray(value)) {
      if (as !== undefined) this.losses.lose(depth, 'type', 'list', as);
      return this.#list(value, lead, indent, depth);
    }
    if (isTagged(value)) return this.#tagged(value, lead, indent, depth);
    if (isPairs(value)) return this.#pairs(value, lead, indent, depth);
    if (isRecord(value)) return this.#map(Object.entries(value), lead, indent, depth, inner);
    throw new FormatError(
      'unsupported',
      `write ${kindOfValue(value)} as YAML: it is not a value of this model`,
      {
        format: 'yaml',
        path: this.losses.path(depth),
      },
    );
  }

  #readAs(value: Value, seen: boolean): 'array' | 'table' | undefined {
    const { arrays, tables } = this.#rules;
    if (!seen && arrays !== 'always' && tables !== 'always') return undefined;
    return readsAs(value, {
      arrays: seen || arrays === 'always' ? arrays : 'never',
      tables: seen || tables === 'always' ? tables : 'never',
    });
  }

  #list(list: readonly Value[], lead: Lead, indent: number, depth: number): void {
    const { lines, losses } = this;
    if (list.length === 0) return lines.line(lead, '[]');
    if (list.every((item) => this.#isShort(item))) {
      const text = (i: number): string => {
        losses.name(depth, i);
        return scalarText(list[i]!, losses, depth + 1)!;
      };
      return lines.row(list.length, text, lead, indent);
    }
    list.forEach((item, i) => {
      losses.name(depth, i);
      lines.begin(lead, indent, i === 0, '-');
      this.node(item, 'dash', indent + STEP, depth + 1, false);
    });
  }

  #isShort(value: Value): boolean {
    if (typeof value === 'bigint') return !this.#rules.typed;
    return typeof value === 'number' || typeof value === 'boolean' || value === null;
  }

  #map(entries: Entries, lead: Lead, indent: number, depth: number, seen: boolean): void {
    const { lines, losses } = this;
    const members = entries.filter(([, member]) => member !== undefined);
    if (members.length === 0) return lines.line(lead, '{}');
    members.forEach(([key, member], i) => {
      losses.name(depth, typeof key === 'string' ? key : kindOfValue(key));
      const text = this.#keyText(key, depth);
      if (text !== undefined && text.length <= MOST_KEY) lines.begin(lead, indent, i === 0, `${text}:`);
      else {
        lines.begin(lead, indent, i === 0, '?');
        this.node(key, 'dash', indent + STEP, depth + 1, false);
        lines.indented(indent, ':');
      }
      this.node(member, 'key', indent + STEP, depth + 1, seen);
    });
  }

  #keyText(key: Value, depth: number): string | undefined {
    if (typeof key === 'string') return stringText(key);
    return this.#rules.typed ? undefined : scalarText(key, this.losses, depth);
  }

  /** A map whose keys are not all strings; one whose keys all are is a record to every reader. */
  #pairs({ entries }: Pairs, lead: Lead, indent: number, depth: number): void {
    if (entries.every(([key]) => typeof key === 'string')) this.losses.lose(depth, 'type', 'pairs', 'record');
    const twice = repeatedKey(entries.map(([key]) => key));
    if (twice !== undefined)
      throw new FormatError(
        'unsupported',
        `write pairs as YAML: the key '${String(twice[0])}' stands twice`,
        {
          format: 'yaml',
          path: this.losses.path(depth),
          feature: 'keys that stand twice',
        },
      );
    this.#map(entries, lead, indent, depth, false);
  }

  #tagged(tagged: Tagged, lead: Lead, indent: number, depth: number): void {
    const { tag, value, attributes } = tagged;
    const { lines, losses } = this;
    if (attributes !== undefined) losses.lose(depth, 'attributes', 'attributes', 'nothing');
    if (tag === 'set' && Array.isArray(value) && value.length > 0 && repeatedKey(value) === undefined) {
      lines.tag('!!set', lead);
      return this.#map(
        value.map((member: Value) => [member, null] as const),
        'tag',
        indent,
        depth,
        false,
      );
    }
    if ((tag === 'omap' || tag === 'pairs') && isPairs(value) && value.entries.length > 0) {
      lines.tag(`!!${tag}`, lead);
      return value.entries.forEach((entry) => {
        lines.begin('tag', indent, true, '-');
        this.#map([entry], 'dash', indent + STEP, depth + 1, false);
      });
    }
    const written = LOCAL_TAG.test(tag) ? tag : GLOBAL_TAG.test(tag) ? `!<${tag}>` : undefined;
    if (written === undefined || !this.#behindTag(written, value, lead, indent, depth)) {
      losses.lose(depth, 'type', `tagged '${tag}'`, 'its value');
      losses.muted(() => this.node(value, lead, indent, depth, false));
    }
  }

  /** Writes a tag and the plain scalar, list or map behind it; false, with nothing written, for others. */
  #behindTag(tag: string, value: Value, lead: Lead, indent: number, depth: number): boolean {
    const text = scalarText(value, this.losses, depth);
    if (text !== undefined) {
      if (text.startsWith('!')) return false;
      this.lines.line(lead, `${tag} ${text}`);
    } else if (isEmpty(value)) this.lines.line(lead, `${tag} ${Array.isArray(value) ? '[]' : '{}'}`);
    else if (Array.isArray(value) || isRecord(value) || isPairs(value)) {
      this.lines.tag(tag, lead);
      this.#collection(value, 'tag', indent, depth, false, false);
    } else return false;
    return true;
  }

  #form({ name, value }: Form, lead: Lead, indent: number, depth: number): void {
    const { lines } = this;
    const tag = LOCAL + name;
    if (name === 'attributed') return this.#attributed(tag, value, lead, indent, depth);
    if (typeof value !== 'object' || value === null) return lines.line(lead, `${tag} ${String(value)}`);
    if (isEmpty(value)) return lines.line(lead, `${tag} []`);
    lines.tag(tag, lead);
    this.#collection(value, 'tag', indent, depth, false, false);
  }

  /** The inner value carries its attributes still, and is written without them. */
  #attributed(tag: string, form: Value, lead: Lead, indent: number, depth: number): void {
    const { attributes = null, value = null } = form as { readonly [name: string]: Value };
    this.lines.tag(tag, lead);
    this.lines.indented(indent, 'attributes:');
    this.node(attributes, 'key', indent + STEP, depth + 1, false);
    this.lines.indented(indent, 'value:');
    const inner = formOf(value, true);
    if (inner !== undefined) this.#form(inner, 'key', indent + STEP, depth + 1);
    else this.#collection(value, 'key', indent + STEP, depth + 1, false, false);
  }
}

function isEmpty(value: Value): boolean {
  if (Array.isArray(value)) return value.length === 0;
  return isRecord(value) && Object.keys(value).length === 0;
}

/** The first key that stands there already, in a list of its own; undefined where each is another one. */
function repeatedKey(keys: readonly Value[]): readonly [Value] | undefined {
  const seen = new MapBuilder();
  for (const key of keys) {
    if (seen.has(key)) return [key];
    seen.set(key, null);
  }
  return undefined;
}
