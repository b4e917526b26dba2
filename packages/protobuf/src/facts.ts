import type { FormatFacts } from '@formatlab/core';

export const facts: FormatFacts = {
  id: 'protobuf',
  title: 'Protocol Buffers',
  specification: {
    text: 'Protocol Buffers encoding, language guides (proto2, proto3, editions) and ProtoJSON format',
    source: 'protobuf.dev/programming-guides/encoding',
  },
  humanReadable: false,
  languages: [
    { language: 'Python', library: 'protobuf', source: 'protobuf.dev/reference/python' },
    {
      language: 'C++, Java, C#, Kotlin, PHP, Ruby',
      library: 'protobuf',
      source: 'github.com/protocolbuffers/protobuf',
    },
    {
      language: 'Go',
      library: 'google.golang.org/protobuf',
      source: 'pkg.go.dev/google.golang.org/protobuf',
    },
    { language: 'Rust', library: 'prost', source: 'docs.rs/prost' },
    { language: 'R', library: 'RProtoBuf', source: 'cran.r-project.org/package=RProtoBuf' },
    {
      language: 'JavaScript',
      library: '@formatlab/protobuf, protobufjs, @bufbuild/protobuf',
      source: 'this package',
    },
  ],
  portability: [
    { text: 'Fixed-size numbers are little-endian by specification', source: 'protobuf.dev, Encoding' },
    {
      text: 'A file does not say what its fields mean: readers need the .proto, here formatlab.proto',
      source: 'formatlab.proto in this package',
    },
    {
      text: 'Fields that a reader does not know are kept and written back, so that versions can differ',
      source: 'protobuf.dev, Updating A Message Type; test/messages.test.ts',
    },
  ],
  access: [
    { text: 'There is no index: lengths lead from one entry to the next', source: 'protobuf.dev, Encoding' },
    {
      text: 'A field or message more may stand at the end of the file',
      source: 'protobuf.dev, Encoding, Last One Wins',
    },
  ],
};
