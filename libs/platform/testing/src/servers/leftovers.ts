import { readdirSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Followed by the pid of the test process. */
export const testFolderPrefix = 'kilomega-server-'
const keptForMs = 3_600_000
/** In milliseconds. The keeper of a process that has just ended is still working in its folder. */
const keeperNeedsMs = 60_000

/** Removes the folders left after a whole machine or container was killed, keepers included, and those of failed tests after an hour. */
export function removeLeftovers(): void {
  for (const name of readdirSync(tmpdir()).filter((entry) => entry.startsWith(testFolderPrefix))) {
    const folder = join(tmpdir(), name)
    if (isAlive(Number(name.slice(testFolderPrefix.length).split('-')[0]))) continue
    if (ageMs(join(folder, 'kept')) < keptForMs || ageMs(folder) < keeperNeedsMs) continue
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Infinite if the path does not exist. */
const ageMs = (path: string): number => Date.now() - (statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? -Infinity)

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}
