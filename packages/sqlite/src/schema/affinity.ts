export type Affinity = 'integer' | 'text' | 'blob' | 'real' | 'numeric';

/** What SQLite makes of values that go into a column of this declared type (Datatypes, 3.1). */
export function affinityOf(type: string): Affinity {
  const upper = type.toUpperCase();
  if (upper.includes('INT')) return 'integer';
  if (/CHAR|CLOB|TEXT/.test(upper)) return 'text';
  if (upper === '' || upper.includes('BLOB')) return 'blob';
  if (/REAL|FLOA|DOUB/.test(upper)) return 'real';
  return 'numeric';
}
