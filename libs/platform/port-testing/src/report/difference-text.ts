import { isDeepStrictEqual } from 'node:util'
import type { Difference } from './compare-calls.js'
import { withoutNow } from './without-now.js'

/** Of a value that differs, so that three differences stay on one screen. */
const shownCharacters = 300

/** One difference in a few lines for a terminal: the call, and the first place at which its two answers part. */
export function differenceText({ what, call, local, remote }: Difference): string {
  const { path, one, other } = partingOf(withoutNow(local), withoutNow(remote), [])
  return [
    `${call.operation}: ${what} of ${call.actor.kind} with ${shown(call.input)}`,
    `  differs at ${path.join('.')}`,
    `  in process: ${shown(one)}`,
    `  over NATS:  ${shown(other)}`,
  ].join('\n')
}

interface Parting {
  path: string[]
  one: unknown
  other: unknown
}

function partingOf(one: unknown, other: unknown, path: string[]): Parting {
  if (!isObject(one) || !isObject(other)) return { path, one, other }
  const names = [...new Set([...Object.keys(one), ...Object.keys(other)])]
  const name = names.find((key) => !(key in one && key in other && isDeepStrictEqual(one[key], other[key])))
  return name === undefined ? { path, one, other } : partingOf(one[name], other[name], [...path, name])
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null

function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? 'nothing'
  return text.length <= shownCharacters ? text : `${text.slice(0, shownCharacters)}…`
}
