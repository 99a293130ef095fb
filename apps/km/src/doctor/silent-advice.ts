import { removalOf } from './lag-findings.js'

/** About subscribers and kinds of jobs that nobody answers for, which the API names in this way. */
export function adviceForSilent(problem: string): string {
  const names = /^no live consumer: (.*)$/.exec(problem)?.[1]?.split(', ') ?? []
  const removals = names.map(removalOf).join(', ')
  return (
    'Start the process that handles it (km status shows what is running), or set QUEUE_WORKERS=on in one that has its module; ' +
    `if no process handles it any more: ${removals || 'km outbox subscribers remove, or km queue kinds remove'}`
  )
}
