import type { Format } from '@formatlab/core';
import { capabilities, plainCapabilities, typedCapabilities } from './capabilities.js';
import { decode } from './decode.js';
import { editWith } from './documents/editor.js';
import { openWith } from './documents/reader.js';
import { encode } from './encode.js';
import { rulesOf, type YamlOptions, yamlOptions } from './options.js';
import { probe } from './probe.js';

/** YAML 1.2 as everybody reads it; the engine `typed` keeps every type with tags. */
export const yaml: Format<YamlOptions> = {
  id: 'yaml',
  title: 'YAML',
  extensions: ['.yaml', '.yml'],
  mediaTypes: ['application/yaml', 'text/yaml'],
  can: capabilities,
  options: yamlOptions,
  probe,
  encode,
  decode,
  open: (source, context) => openWith(source, rulesOf(context.options), context),
  edit: (sink, context) =>
    editWith(sink, { decode, encode, rules: rulesOf(context.options), typed: false }, context),
  engines: {
    typed: {
      title: 'YAML with tags',
      can: typedCapabilities,
      load: () => import('./typed/engine.js'),
    },
    'js-yaml': {
      title: 'js-yaml',
      can: plainCapabilities,
      load: () => import('./js-yaml/engine.js'),
    },
  },
  defaultEngine: 'plain',
};
