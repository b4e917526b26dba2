import type { Format } from '@formatlab/core';
import { capabilities, plainCapabilities } from './capabilities.js';
import { decode } from './decode.js';
import { encode } from './encode.js';
import { type XmlOptions, xmlOptions } from './options.js';
import { probe } from './probe.js';

/** XML 1.0 with Namespaces: every value in a documented mapping, and any other document as records or nodes. */
export const xml: Format<XmlOptions> = {
  id: 'xml',
  title: 'XML',
  extensions: ['.xml'],
  mediaTypes: ['application/xml', 'text/xml'],
  can: capabilities,
  options: xmlOptions,
  probe,
  encode,
  decode,
  engines: {
    'fast-xml-parser': {
      title: 'fast-xml-parser',
      can: plainCapabilities,
      load: () => import('./fast-xml-parser/engine.js'),
    },
  },
  defaultEngine: 'formatlab',
};
