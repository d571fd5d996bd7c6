export type Doc = Record<string, unknown>;

export const isDoc = (value: unknown): value is Doc =>
  typeof value === "object" && value !== null && Object.getPrototypeOf(value) === Object.prototype;

export const docOr = (value: unknown): Doc => (isDoc(value) ? value : {});

/** Whether a subdocument holds operators, as { $gt: 1 } does. */
export const isOperators = (value: unknown): value is Doc =>
  isDoc(value) && Object.keys(value).some((key) => key.startsWith("$"));

/** Every value a query path reaches, through arrays too; a branch that ends early is undefined. Arrays at the end are not opened. */
export function valuesAt(value: unknown, path: string | undefined): unknown[] {
  if (path === undefined) return [value];
  const [, part = "", rest] = /^([^.]*)(?:\.(.*))?$/s.exec(path) ?? [];
  if (isDoc(value)) return Object.hasOwn(value, part) ? valuesAt(value[part], rest) : [undefined];
  if (!Array.isArray(value)) return [undefined];
  const byIndex = /^\d+$/.test(part) && Number(part) < value.length ? valuesAt(value[Number(part)], rest) : [];
  return [...byIndex, ...value.filter(isDoc).flatMap((element) => valuesAt(element, path))];
}

/** What a comparison looks at: the values of the path, and the elements of those that are arrays. */
export function leavesAt(root: unknown, path: string): unknown[] {
  return valuesAt(root, path).flatMap((value) => (Array.isArray(value) ? [value, ...value] : [value]));
}

/** The child with this name or index. */
export function childOf(value: unknown, part: string): unknown {
  if (Array.isArray(value)) return value[Number(part)];
  return isDoc(value) && Object.hasOwn(value, part) ? value[part] : undefined;
}
