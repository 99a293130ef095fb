import { existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { eventually } from '@kilomega/testing'
import { LogFile } from './log-file.js'

const onLinux = existsSync('/dev/full') ? it : it.skip

describe('the log of a process', () => {
  const folder = mkdtempSync(join(tmpdir(), 'km-log-'))
  afterAll(() => rmSync(folder, { recursive: true }))

  onLinux('says once that the disk is full, and continues when there is room', async () => {
    const path = join(folder, 'api.log')
    const shown: string[] = []
    const log = new LogFile(path, (line) => shown.push(line), 0)
    // Nothing written there finds room. The file itself is opened a moment later.
    symlinkSync('/dev/full', path)
    const until = (isSo: () => boolean) =>
      eventually(() => {
        log.write('a line\n')
        expect(isSo()).toBe(true)
      })
    let tries = 0
    await until(() => (tries += 1) > 20 && shown.length > 0)
    expect(shown).toEqual([`${path} cannot be written: the disk is full: make room`])
    rmSync(path)
    await until(() => shown.length > 1)
    expect(shown).toEqual([expect.any(String), `${path} is written again`])
    expect(readFileSync(path, 'utf8')).toContain('a line')
    log.close()
  })
})
