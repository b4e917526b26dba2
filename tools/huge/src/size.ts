const UNITS = { kB: 1e3, MB: 1e6, GB: 1e9 } as const;

/** Bytes of `300MB`; undefined for what is no size. */
export function parseSize(text: string): number | undefined {
  const [, number, unit] = /^(\d+(?:\.\d+)?) ?(kB|MB|GB)$/.exec(text) ?? [];
  return number === undefined ? undefined : Number(number) * UNITS[unit as keyof typeof UNITS];
}

/** `1.53 GB`, `412 MB`. */
export function sizeText(bytes: number): string {
  if (bytes >= UNITS.GB) return `${(bytes / UNITS.GB).toFixed(2)} GB`;
  return bytes >= UNITS.MB ? `${Math.round(bytes / UNITS.MB)} MB` : `${Math.round(bytes / UNITS.kB)} kB`;
}
