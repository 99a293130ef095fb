import { removalOf } from './lag-findings.js'

/** Advice about subscribers and kinds of jobs that no process answers for, in the way the API names them. */
export function adviceForSilent(problem: string): string {
  const names = /^no live consumer: (.*)$/.exec(problem)?.[1]?.split(', ') ?? []
  const removals = names.map(removalOf).join(', ')
  return (
    'Start the process that handles it (km status shows what is running), or set QUEUE_WORKERS=on in one that has its module; ' +
    `if no process handles it any more: ${removals || 'km outbox subscribers remove, or km queue kinds remove'}`
  )
}
