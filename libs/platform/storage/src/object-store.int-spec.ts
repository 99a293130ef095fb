import { execFileSync } from 'node:child_process'
import { mkdtemp, readdir, rm, statfs, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { DiskObjectStore } from './object-store.disk.js'
import { describeObjectStore } from './object-store.suite.js'

let folder: string
let store: DiskObjectStore

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'object-store-'))
  store = new DiskObjectStore(folder)
  await store.onModuleInit()
})
afterEach(() => rm(folder, { recursive: true, force: true }))

describeObjectStore('disk', () => store)

describe('the folder of the disk driver', () => {
  const temporaryFiles = () => readdir(join(folder, '.tmp'))

  it('holds no temporary file after a failed put', async () => {
    await expect(store.put('a', Readable.from([Buffer.alloc(10)]), { maxBytes: 5 })).rejects.toThrow()
    expect(await temporaryFiles()).toEqual([])
  })

  it('is cleared at start of temporary files that a dead process left over an hour ago', async () => {
    const hoursAgo = (hours: number) => new Date(Date.now() - hours * 3_600_000)
    for (const name of ['dead', 'alive']) await writeFile(join(folder, '.tmp', name), 'x')
    await utimes(join(folder, '.tmp', 'dead'), hoursAgo(2), hoursAgo(2))
    await store.onModuleInit()
    expect(await temporaryFiles()).toEqual(['alive'])
  })

  it('keeps no empty folders', async () => {
    await store.put('a/b/c', Readable.from(['x']), { maxBytes: 5 })
    await store.move('a/b/c', 'd/e')
    await store.remove('d/e')
    await expect(store.move('not/there', 'f/g/h')).rejects.toMatchObject({ code: 'OBJECT_MISSING' })
    expect(await readdir(folder)).toEqual(['.tmp'])
  })
})

/** Mounting a filesystem of 2 MB needs root: elsewhere the same code runs, but this is not tested. */
const mayMount = process.platform === 'linux' && process.getuid?.() === 0 && canMount()
const whereMountable = mayMount ? describe : describe.skip

whereMountable('a full disk', () => {
  beforeEach(() => execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=2m', 'tmpfs', folder]))
  afterEach(() => execFileSync('umount', [folder]))

  it('refuses with STORAGE_FULL, keeps nothing of the refused object, and works again once there is room', async () => {
    const megabyte = () => Readable.from([Buffer.alloc(500_000), Buffer.alloc(500_000)])
    const limits = { maxBytes: 5_000_000 }
    await store.put('first', megabyte(), limits)
    await expect(store.put('second', Readable.from([Buffer.alloc(1_500_000)]), limits)).rejects.toMatchObject({ code: 'STORAGE_FULL' })
    expect(await store.list('')).toEqual(['first'])
    expect(await readdir(join(folder, '.tmp'))).toEqual([])
    expect((await statfs(folder)).bavail).toBeGreaterThan(0)
    await store.remove('first')
    expect(await store.put('second', megabyte(), limits)).toEqual({ sizeBytes: 1_000_000 })
  })
})

function canMount(): boolean {
  try {
    execFileSync('unshare', ['--mount', 'true'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}
