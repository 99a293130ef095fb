import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

const run = promisify(execFile)
/**
 * Of Linux. Without it, since 6.6, whoever wakes up waits until what runs has had its slice, up to 4 ms, whatever the niceness: at 200 requests a
 * second p99 of a constant was 2.8 ms while pictures were worked on, with it 1.4 ms.
 */
const idleClass = ['chrt', '-i', '0']
/** A third of the weight of a program that asks for nothing: enough to be done on a busy machine, and little beside requests. */
const lowNiceness = ['nice', '-n', '5']
const idleNiceness = ['nice', '-n', '19']
const probeMs = 5_000

/** `idle` has only what nobody else wants, and that may be nothing for hours; `low` has a small share of its own. */
export type RenderPriority = 'idle' | 'low'

let known: Promise<boolean> | undefined

/** The command ahead of a program that shall run at a priority; nothing where there is no such command. Asks the system once. */
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
