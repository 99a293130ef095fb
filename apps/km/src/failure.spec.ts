import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Failure, failureText } from './failure.js'

const thrown = (work: () => void): unknown => {
  try {
    work()
  } catch (error) {
    return error
  }
  throw new Error('nothing was thrown')
}
const systemError = (code: string, about: object): Error => Object.assign(new Error(`${code}: x`), { code, syscall: 'open', errno: -1 }, about)

describe('The message about a failure', () => {
  const folder = mkdtempSync(join(tmpdir(), 'km-failure-'))
  afterAll(() => rmSync(folder, { recursive: true }))

  it('is its own line where it has one', () => {
    expect(failureText(new Failure('The port is taken'))).toBe('The port is taken')
  })

  it.each([
    [
      'EACCES',
      { path: '/srv/.kilomega/run' },
      '/srv/.kilomega/run cannot be used by this user: change its owner, or remove it with the user who made it',
    ],
    [
      'EPERM',
      { path: '/srv/.kilomega/run' },
      '/srv/.kilomega/run cannot be used by this user: change its owner, or remove it with the user who made it',
    ],
    ['EPERM', { syscall: 'kill' }, 'A process of another user runs here: end it as the user who started it'],
    ['EROFS', { path: '/srv/x' }, '/srv/x is on a disk that cannot be written: set KILOMEGA_FOLDER to a folder elsewhere'],
    ['ENOSPC', {}, 'The disk is full: make room and start again'],
    ['EMFILE', {}, 'Too many files are open: raise the limit with ulimit -n'],
  ])('is one line about the system where that says %s', (code, about, text) => {
    expect(failureText(systemError(code, about))).toBe(text)
  })

  it.each([
    [
      'a file in place of a folder',
      () => (writeFileSync(join(folder, 'f'), ''), void mkdirSync(join(folder, 'f/run'))),
      /f\/run cannot be used: a file is where a folder should be$/,
    ],
    ['nothing there', () => void readFileSync(join(folder, 'absent')), /absent is not there$/],
    ['a folder in place of a file', () => void readFileSync(folder), /cannot be used: EISDIR/],
    [
      'a file where a list is read',
      () => (writeFileSync(join(folder, 'g'), ''), void readdirSync(join(folder, 'g'))),
      /g cannot be used: a file is where a folder should be$/,
    ],
  ])('is one line where there is %s', (_, work, text) => {
    expect(failureText(thrown(work))).toMatch(text)
    expect(failureText(thrown(work))).not.toContain('\n')
  })

  it('has the whole stack if it is a bug', () => {
    expect(failureText(new TypeError('x is undefined'))).toContain('failure.spec.ts')
  })
})
