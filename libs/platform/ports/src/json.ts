/**
 * Describes the first part of a value that JSON would lose or change (a Date, a class, `undefined` in a list, NaN, a Map); undefined if there is none. Ports
 * use it in development and tests, so that code that relies on sharing a process fails on its first day and not on the day of extraction.
 */
export function notJson(value: unknown, path = '$'): string | undefined {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return undefined
  if (typeof value === 'number') return Number.isFinite(value) ? undefined : `${path} is ${value}`
  if (typeof value !== 'object') return `${path} is a ${typeof value}`
  if (Array.isArray(value)) return firstOf(value.map((item, index) => [`${path}[${index}]`, item]))
  const prototype: unknown = Object.getPrototypeOf(value)
  if (prototype !== Object.prototype && prototype !== null) return `${path} is a ${value.constructor.name}`
  return firstOf(Object.entries(value).flatMap(([name, item]) => (item === undefined ? [] : [[`${path}.${name}`, item] as [string, unknown]])))
}

function firstOf(parts: [string, unknown][]): string | undefined {
  for (const [path, item] of parts) {
    const found = notJson(item, path)
    if (found !== undefined) return found
  }
  return undefined
}
