import { folderProblem, isTransient, startProblem } from './start-problem.js'

const attempt = { folder: '/data', port: 5432 }

it.each([
  [
    'LOG:  could not bind IPv4 address "127.0.0.1": Address already in use\nFATAL:  could not create any TCP/IP sockets',
    'PORT_TAKEN',
    'Port 5432 is taken',
  ],
  ['FATAL:  could not write to file "base/1": No space left on device', 'DISK_FULL', 'The disk that holds /data is full'],
  ['FATAL:  could not open file "/data/PG_VERSION": Permission denied', 'FOLDER_NOT_ACCESSIBLE', 'data folder /data'],
  ['postgres: error while loading shared libraries: libicuuc.so.60: cannot open', 'NO_BINARIES', 'libicuuc.so.60'],
  ['LOG:  starting\nFATAL:  something else\nLOG:  shut down', 'START_FAILED', 'FATAL:  something else'],
])('%j is reported as %s', (output, problem, words) => {
  const error = startProblem(output, attempt)
  expect(error.problem).toBe(problem)
  expect(error.message).toContain(words)
  expect(error.message).not.toContain('\n')
})

it('sessions of a killed server are waited for', () => {
  expect(isTransient('FATAL:  pre-existing shared memory block (key 1, ID 2) is still in use')).toBe(true)
  expect(isTransient('FATAL:  could not create any TCP/IP sockets')).toBe(false)
})

it('file system errors are named, our own faults are not', () => {
  const answered = (code: string) => folderProblem(Object.assign(new Error(code), { code }), '/data')
  expect(answered('ENOSPC')).toMatchObject({ problem: 'DISK_FULL' })
  expect(answered('EACCES')).toMatchObject({ problem: 'FOLDER_NOT_ACCESSIBLE' })
  expect(folderProblem(new TypeError('fault'), '/data')).toBeInstanceOf(TypeError)
})
