/** Splits a JSON Pointer (RFC 6901): `''` → `[]`, `/a~1b/c` → `['a/b', 'c']`. A missing first slash is forgiven. */
export function splitPath(path: string): string[] {
  if (path === '' || path === '/') return [];
  const body = path.startsWith('/') ? path.slice(1) : path;
  return body.split('/').map((name) => name.replaceAll('~1', '/').replaceAll('~0', '~'));
}

/** Joins names to a JSON Pointer: `['a/b', 'c']` → `/a~1b/c`. */
export function joinPath(names: readonly string[]): string {
  return names.map((name) => `/${escapeName(name)}`).join('');
}

/** One more name at the end of a pointer. */
export function childPath(path: string, name: string | number): string {
  return `${path}/${typeof name === 'number' ? name : escapeName(name)}`;
}

function escapeName(name: string): string {
  return name.includes('~') || name.includes('/') ? name.replaceAll('~', '~0').replaceAll('/', '~1') : name;
}
