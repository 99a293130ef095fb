import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readText } from '../repository.js'
import type { PortsDocument } from './ports-document.js'
import { writeDocuments } from './write-documents.js'

const stored = readText('docs/ports.json')
const changedBy = (change: (document: PortsDocument) => void): string => {
  const document = JSON.parse(stored) as PortsDocument
  change(document)
  return JSON.stringify(document)
}
const narrowed = changedBy(({ ports }) => (ports.content!.create!.access = 'system'))
const grown = changedBy(({ ports }) => (ports.harbour = { find: ports.search!.find! }))

describe('the documents', () => {
  let folder: string
  let lines: string[]
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'documents-'))
    lines = []
  })
  afterEach(() => rmSync(folder, { recursive: true }))

  const writePorts = (text: string, reason?: string) =>
    writeDocuments(
      new Map([
        ['a.md', 'new'],
        ['docs/ports.json', text],
      ]),
      { folder, reason, print: (line) => lines.push(line) },
    )
  const onDisk = () => readFileSync(join(folder, 'docs/ports.json'), 'utf8')

  it('are written if nothing is stored yet, and again if nothing changed', () => {
    expect([writePorts(stored), writePorts(stored)]).toEqual([0, 0])
    expect(onDisk()).toBe(stored)
  })

  it('are written if ports only grew', () => {
    writePorts(stored)
    expect(writePorts(grown)).toBe(0)
    expect(onDisk()).toBe(grown)
  })

  it('are all refused, naming what breaks, if a port became narrower', () => {
    writePorts(stored)
    writeFileSync(join(folder, 'a.md'), 'old')
    lines = []
    expect(writePorts(narrowed)).toBe(1)
    expect(lines[0]).toBe('content.create access: was "user" and is "system"; an old caller may be turned away')
    expect(lines.slice(1).join(' ')).toContain('Nothing was written')
    expect([onDisk(), readFileSync(join(folder, 'a.md'), 'utf8')]).toEqual([stored, 'old'])
  })

  it('are written anyway if a reason is given, which is printed; an empty one does not count', () => {
    writePorts(stored)
    expect(writePorts(narrowed, '')).toBe(1)
    expect(writePorts(narrowed, 'nobody calls it')).toBe(0)
    expect(lines).toContain('Written anyway: nobody calls it')
    expect(onDisk()).toBe(narrowed)
  })

  it('are refused if the stored file cannot be read', () => {
    writePorts(stored)
    writeFileSync(join(folder, 'docs/ports.json'), '<<<<<<< main')
    expect(() => writePorts(stored)).toThrow('docs/ports.json is not JSON')
    expect(readdirSync(join(folder, 'docs'))).toEqual(['ports.json'])
  })
})
