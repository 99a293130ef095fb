import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

const run = promisify(execFile)
/**
 * Linux only. Without it, since kernel 6.6, a waking thread waits until the running one has used its time slice, up to 4 ms, whatever the niceness: at
 * 200 requests per second, the p99 of a constant answer was 2.8 ms during work on pictures; with it, 1.4 ms.
 */
const idleClass = ['chrt', '-i', '0']
/** A third of the weight of a normal program: enough to be done on a busy machine, and little compared with requests. */
const lowNiceness = ['nice', '-n', '5']
const idleNiceness = ['nice', '-n', '19']
const probeMs = 5_000

/** `idle` gets only time that nothing else wants, which may be none for hours; `low` gets a small share of its own. */
export type RenderPriority = 'idle' | 'low'

let known: Promise<boolean> | undefined

/** The command in front of a program that is to run at a priority; empty if there is no such command. The system is probed once. */
export async function commandOf(priority: RenderPriority): Promise<string[]> {
  if (process.platform === 'win32') return []
  if (priority === 'low') return lowNiceness
  return (await (known ??= hasIdleClass())) ? [...idleNiceness, ...idleClass] : idleNiceness
}

const hasIdleClass = (): Promise<boolean> =>
  run(idleClass[0]!, [...idleClass.slice(1), 'true'], { timeout: probeMs }).then(
    () => true,
    () => false,
  )
