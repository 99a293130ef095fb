import { spawnSync } from 'node:child_process'
import { availableParallelism } from 'node:os'

export type Core = 'server' | 'load'

/** The process under test and the load run on different cores; on a single core they have to share it. */
const cores: Record<Core, string> = { server: '0', load: '1' }
const canPin = availableParallelism() > 1 && spawnSync('taskset', ['-c', '0', 'true']).status === 0

/** How a program is started on a given core, if the system allows that. */
export const pinned = (core: Core | undefined, command: string[]): [string, ...string[]] =>
  (canPin && core !== undefined ? ['taskset', '-c', cores[core], ...command] : command) as [string, ...string[]]
