import { FormatError, joinPath } from '@formatlab/core';

/** HDF5's path of a member. */
export function memberPath(group: string, name: string): string {
  return group === '/' ? `/${name}` : `${group}/${name}`;
}

/** The JSON Pointer of an HDF5 path. */
export function pointerOf(path: string): string {
  return joinPath(path.split('/').filter((name) => name !== ''));
}

/** Names that HDF5 has no room for: a slash separates, a dot is the group itself, NUL ends. */
const UNFIT = /[/\0]|^\.?$/;

/** Whether a group has to hold this name in an escaped form. */
export function mustEscape(name: string): boolean {
  return UNFIT.test(name);
}

/** The form in which a group whose names are escaped holds a name. */
export function escapeName(name: string): string {
  if (name === '') return '%';
  if (name === '.') return '%2E';
  return name.replace(
    /[%/\0]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`,
  );
}

export function unescapeName(name: string): string {
  if (name === '%') return '';
  return name.replace(/%(2F|00|25|2E)/g, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)));
}

/** The only thing in a string that UTF-8 has no bytes for: with the flag `u`, pairs are one code point. */
const LONE_SURROGATE = /\p{Surrogate}/u;

/** @throws FormatError `unsupported` for text that UTF-8 cannot hold */
export function checkText(text: string, action: string, path: string): void {
  if (LONE_SURROGATE.test(text)) {
    throw new FormatError('unsupported', `${action} '${path}': a lone surrogate has no UTF-8 form`, {
      path,
      feature: 'lone surrogates',
    });
  }
}
