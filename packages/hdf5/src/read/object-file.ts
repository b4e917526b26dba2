/** The objects of a file by HDF5's paths: what both engines tell. */
export interface ObjectFile {
  /** Names of a group's links: in creation order where it is tracked, else sorted. */
  names(path: string): string[];
  /** What stands at a path (OBJECT), links followed; `missing` where the way there leads through something else. */
  kindOf(path: string): number;
  /** Target of a soft link, or null for anything else. */
  softLink(path: string): string | null;
  externalLink(path: string): { readonly file: string; readonly path: string } | undefined;
  /** Address of the object's header, relative to the base address. */
  addressOf(path: string): number;
  /** Path of the object that a reference of 8 (object) or 12 (region) bytes points to, or null. */
  referencedPath(reference: Uint8Array, isObject: boolean): string | null;
  close(): void;
}
