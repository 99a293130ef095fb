import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { processEnvironment } from '@kilomega/config'
import { describeWithOwnNats } from '@kilomega/testing'

const bin = join(import.meta.dirname, '../bin/km.js')

interface Result {
  code: number
  output: string
  errors: string
}

const km = (...parameters: string[]): Promise<Result> =>
  new Promise((resolve) => {
    execFile(process.execPath, [bin, ...parameters], { env: processEnvironment(), maxBuffer: 1e7 }, (error, output, errors) => {
      resolve({ code: error === null ? 0 : Number(error.code), output, errors })
    })
  })

describeWithOwnNats('R16: the report on an extraction', () => {
  const folder = mkdtempSync(join(tmpdir(), 'km-extract-'))
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  it.each([
    ['search', 1_000, 60],
    ['media', 1_000, 60],
    ['notifications', 1_000, 60],
    ['content', 300, 30],
    ['identity', 300, 30],
    // Most of its times are of months that are not open.
    ['analytics', 300, 5],
  ])(
    'finds no difference for %s in %d calls and more',
    async (module, generated, answered) => {
      const file = join(folder, `${module}.json`)
      const { code, output, errors } = await km('extract', 'report', module, '--json', file, '--calls', String(generated))
      expect({ code, errors }).toEqual({ code: 0, errors: '' })
      expect(output).toContain('**0 came out differently**')
      const { calls, outcomes, ...rest } = JSON.parse(readFileSync(file, 'utf8')) as { calls: number; outcomes: Record<string, number> }
      expect(rest).toMatchObject({ module, differences: 0, p50Ms: { local: expect.any(Number) as number, remote: expect.any(Number) as number } })
      expect(calls).toBeGreaterThanOrEqual(generated)
      expect(outcomes['answered']).toBeGreaterThan(answered)
    },
    300_000,
  )

  it.each([
    ['--out', 'no-such-folder/report.md', 'there is no folder '],
    ['--json', '.', 'it is a folder'],
  ])('says at once that %s %s cannot be written', async (option, path, why) => {
    const { code, errors } = await km('extract', 'report', 'search', option, join(folder, path))
    expect(errors).toContain(`${option} ${join(folder, path)} cannot be written: ${why}`)
    expect({ code, lines: errors.trimEnd().split('\n').length }).toEqual({ code: 2, lines: 1 })
  })

  it('names a module that it does not know', async () => {
    const { code, errors } = await km('extract', 'report', 'billing')
    expect(errors).toBe('There is no module billing: its package would be @kilomega/billing\n')
    expect(code).toBe(1)
  })
})
