import { lstatSync, mkdirSync, mkdtempSync, readlinkSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { linkLibraries } from './postgres-binaries.js'

const native = join(mkdtempSync(join(tmpdir(), 'binaries-')), 'native')
afterAll(() => rmSync(join(native, '..'), { recursive: true }))

it('makes the links that an install script would have made; a second run does no harm', () => {
  mkdirSync(join(native, 'lib'), { recursive: true })
  writeFileSync(join(native, 'lib/libicuuc.so.60.2'), '')
  writeFileSync(join(native, 'pg-symlinks.json'), JSON.stringify([{ source: 'native/lib/libicuuc.so.60.2', target: 'native/lib/libicuuc.so.60' }]))
  linkLibraries(native)
  linkLibraries(native)
  const link = join(native, 'lib/libicuuc.so.60')
  expect(lstatSync(link).isSymbolicLink()).toBe(true)
  expect(readlinkSync(link)).toBe('libicuuc.so.60.2')
})
