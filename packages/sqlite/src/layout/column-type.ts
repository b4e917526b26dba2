import { type Budget, type ColumnType, isDType } from '@formatlab/core';

/** A column type from JSON, every part checked; undefined for what is none. @throws FormatError `limit` */
export function parseColumnType(json: unknown, budget: Budget, depth = 0): ColumnType | undefined {
  budget.checkDepth(depth, 'a column type');
  if (typeof json !== 'object' || json === null) return undefined;
  const { kind, nullable } = json as { readonly kind?: unknown; readonly nullable?: unknown };
  if (typeof nullable !== 'boolean') return undefined;
  const inner = (part: unknown): ColumnType | undefined => parseColumnType(part, budget, depth + 1);
  if (kind === 'scalar') return parseScalar(json as Record<string, unknown>, nullable);
  if (kind === 'list') {
    const item = inner((json as { readonly item?: unknown }).item);
    return item === undefined ? undefined : { kind, item, nullable };
  }
  if (kind === 'map') {
    const key = inner((json as { readonly key?: unknown }).key);
    const value = inner((json as { readonly value?: unknown }).value);
    return key === undefined || value === undefined ? undefined : { kind, key, value, nullable };
  }
  if (kind !== 'struct') return undefined;
  const { fields } = json as { readonly fields?: unknown };
  if (!Array.isArray(fields)) return undefined;
  const parsed: { name: string; type: ColumnType }[] = [];
  for (const field of fields as readonly { readonly name?: unknown; readonly type?: unknown }[]) {
    const type = inner(field?.type);
    if (type === undefined || typeof field.name !== 'string') return undefined;
    parsed.push({ name: field.name, type });
  }
  return { kind, fields: parsed, nullable };
}

function parseScalar(json: Record<string, unknown>, nullable: boolean): ColumnType | undefined {
  const { dtype, unit, zone, decimal, dictionary } = json;
  if (!isDType(dtype)) return undefined;
  const digits = decimal as { readonly precision?: unknown; readonly scale?: unknown } | undefined;
  return {
    kind: 'scalar',
    dtype,
    nullable,
    ...(typeof unit === 'string' && /^\d*[a-zA-Z]+$/.test(unit) ? { unit } : {}),
    ...(typeof zone === 'string' ? { zone } : {}),
    ...(typeof digits?.precision === 'number' && typeof digits.scale === 'number'
      ? { decimal: { precision: digits.precision, scale: digits.scale } }
      : {}),
    ...(typeof dictionary === 'boolean' ? { dictionary } : {}),
  };
}
