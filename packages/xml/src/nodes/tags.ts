/** Tags of the values that the option `as: 'nodes'` gives. Text is a string. */
export const DOCUMENT = 'xml:document';
export const ELEMENT = 'xml:element';
export const CDATA_SECTION = 'xml:cdata';
export const COMMENT_NODE = 'xml:comment';
export const PROCESSING = 'xml:instruction';
export const DECLARATION = 'xml:doctype';
