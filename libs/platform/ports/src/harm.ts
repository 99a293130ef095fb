import type { Problem } from './validation.js'

/** Names through which assignments reach prototypes. */
const forbiddenNames = new Set(['__proto__', 'constructor', 'prototype'])

/** The first part of parsed JSON that must never reach a schema: a name that reaches a prototype, or more levels than any schema has. */
export function harmIn(value: unknown, maxDepth: number, depth = 0): Problem | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  if (depth >= maxDepth) return { path: '', code: 'too_deep', message: `This is nested deeper than ${maxDepth} levels` }
  if (Array.isArray(value)) return harmInItems(value, maxDepth, depth)
  for (const name in value) {
    if (forbiddenNames.has(name)) return { path: name, code: 'forbidden_field', message: `A field may not be called ${name}` }
    const field = (value as Record<string, unknown>)[name]
    const found = typeof field === 'object' ? harmIn(field, maxDepth, depth + 1) : undefined
    if (found !== undefined) return found
  }
  return undefined
}

/** Lists are iterated by item, because `for in` turns each index into a string. */
function harmInItems(items: unknown[], maxDepth: number, depth: number): Problem | undefined {
  for (const item of items) {
    const found = typeof item === 'object' ? harmIn(item, maxDepth, depth + 1) : undefined
    if (found !== undefined) return found
  }
  return undefined
}
