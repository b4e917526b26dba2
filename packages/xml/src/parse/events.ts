/** What a scanner comes to. */
export const END_OF_FILE = 0;
export const START = 1;
export const END = 2;
export const TEXT = 3;
export const CDATA = 4;
export const COMMENT = 5;
export const INSTRUCTION = 6;
export const DOCTYPE = 7;
