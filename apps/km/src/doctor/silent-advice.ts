import type { Check } from '../shape/process-health.js'
import { removalOf } from './lag-findings.js'

/** The subscribers and kinds of jobs that a check names: those that no process has, or that no process has answered for. */
const namesIn = (problem: string): string[] => /^no (?:live consumer|process handles): (.*)$/.exec(problem)?.[1]?.split(', ') ?? []

/** Advice about subscribers and kinds of jobs that no process answers for, in the way the API names them. */
export function adviceForSilent(problem: string): string {
  const removals = namesIn(problem).map(removalOf).join(', ')
  return (
    'Start the process that handles it (km status shows what is running), or set QUEUE_WORKERS=on in one that has its module; ' +
    `if no process handles it any more: ${removals || 'km outbox subscribers remove, or km queue kinds remove'}`
  )
}

/** They ask the database, so without it they say nothing of what they look for. */
const askDatabase = ['handlers', 'consumers', 'processes']

/**
 * What no process has is found at once by what processes say of themselves, and again by canaries that do not come back: the second is no other finding, nor
 * is what cannot be known while the database is away.
 */
export function withoutRepeats(failed: readonly Check[]): Check[] {
  if (failed.some(({ name }) => name === 'database')) return failed.filter(({ name }) => !askDatabase.includes(name))
  const unhandled = failed.flatMap(({ name, problem = '' }) => (name === 'handlers' ? namesIn(problem) : []))
  const isRepeat = ({ name, problem = '' }: Check): boolean => name === 'consumers' && namesIn(problem).every((one) => unhandled.includes(one))
  return failed.filter((check) => !isRepeat(check))
}
