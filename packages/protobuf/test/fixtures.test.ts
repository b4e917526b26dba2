import { readdirSync, readFileSync } from 'node:fs';
import { firstDifference } from '@formatlab/core';
import { describe, expect, it } from 'vitest';
import { decodeProtobuf, decodeProtoJson, encodeProtobuf, encodeProtoJson } from '../src/index.js';

const folder = new URL('./fixtures/', import.meta.url);
const text = readFileSync(new URL('scene.proto', folder), 'utf8');
const descriptor = new Uint8Array(readFileSync(new URL('scene.binpb', folder)));
const files = readdirSync(folder).filter((file) => file.endsWith('.pb'));

describe.each([
  ['the text of the schema', text],
  ['the descriptor that protoc made', descriptor],
])('messages that Python wrote, read by %s', (_what, schema) => {
  const options = { schema, type: 'fixtures.Scene', defaults: false };

  it.each(files)('%s holds what Python says', (file) => {
    const bytes = new Uint8Array(readFileSync(new URL(file, folder)));
    const json = readFileSync(new URL(file.replace(/\.pb$/, '.json'), folder), 'utf8');
    const message = decodeProtobuf(bytes, options);
    expect(JSON.parse(encodeProtoJson(message, options))).toEqual(JSON.parse(json));
    expect(
      firstDifference(decodeProtoJson(encodeProtoJson(message, options), options), message),
    ).toBeUndefined();
  });

  it.each(files)('%s is written back byte for byte', (file) => {
    const bytes = new Uint8Array(readFileSync(new URL(file, folder)));
    expect(Buffer.from(encodeProtobuf(decodeProtobuf(bytes, options), options)).equals(bytes)).toBe(true);
  });
});
