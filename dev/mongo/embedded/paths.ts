export type Doc = Record<string, unknown>;

export const isDoc = (value: unknown): value is Doc =>
  typeof value === "object" && value !== null && Object.getPrototypeOf(value) === Object.prototype;

const isIndex = (part: string) => /^(0|[1-9]\d*)$/.test(part);

/** Every value a query path reaches, through arrays too; a branch that ends early is undefined. Arrays at the end are not opened. */
export function valuesAt(root: unknown, path: string): unknown[] {
  return reach(root, path.split("."), 0);
}

/** What a comparison looks at: the values of the path, and the elements of those that are arrays. */
export function leavesAt(root: unknown, path: string): unknown[] {
  return valuesAt(root, path).flatMap((value) => (Array.isArray(value) ? [value, ...value] : [value]));
}

function reach(value: unknown, parts: string[], at: number): unknown[] {
  const part = parts[at];
  if (part === undefined) return [value];
  if (Array.isArray(value)) {
    const byIndex = isIndex(part) && Number(part) < value.length ? reach(value[Number(part)], parts, at + 1) : [];
    return [...byIndex, ...value.filter(isDoc).flatMap((element) => reach(element, parts, at))];
  }
  return isDoc(value) && Object.hasOwn(value, part) ? reach(value[part], parts, at + 1) : [undefined];
}

/** The value at a path that is followed by names and indexes only. */
export function valueAt(root: unknown, parts: string[]): unknown {
  let value = root;
  for (const part of parts) {
    if (Array.isArray(value)) value = isIndex(part) ? value[Number(part)] : undefined;
    else value = isDoc(value) && Object.hasOwn(value, part) ? value[part] : undefined;
  }
  return value;
}
