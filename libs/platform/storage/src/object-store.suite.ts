import { createReadStream } from 'node:fs'
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { Readable } from 'node:stream'
import { type ObjectStore, listPageSize } from './object-store.js'

const limits = { maxBytes: 1_000_000 }

/** The contract of every object store driver. `store` gives an empty store for each test. */
export function describeObjectStore(name: string, store: () => ObjectStore): void {
  const put = (key: string, text: string) => store().put(key, Readable.from([Buffer.from(text)]), limits)
  const text = async (key: string) => (await buffer(await store().get(key))).toString()

  const pages = async (prefix: string, storedBefore?: Date) => {
    const all: string[][] = []
    for await (const page of store().pages(prefix, storedBefore)) all.push(page)
    return all
  }

  describe(`${name}: one object`, () => {
    it('is read as it was stored', async () => {
      expect(await put('a/b/c.txt', 'hello')).toEqual({ sizeBytes: 5 })
      expect(await text('a/b/c.txt')).toBe('hello')
    })

    it('may be empty', async () => {
      expect(await put('empty', '')).toEqual({ sizeBytes: 0 })
      expect(await text('empty')).toBe('')
    })

    it('is replaced by a later one under its key', async () => {
      await put('a', 'first')
      await put('a', 'second')
      expect(await text('a')).toBe('second')
    })

    it.each([
      [{ start: 0, end: 0 }, 'h'],
      [{ start: 1, end: 3 }, 'ell'],
      [{ start: 3, end: 99 }, 'lo'],
    ])('gives the range %j', async (range, expected) => {
      await put('a', 'hello')
      expect((await buffer(await store().get('a', range))).toString()).toBe(expected)
    })

    it('gives its first bytes, or all of them if there are fewer', async () => {
      await put('a', 'hello')
      expect((await store().head('a', 2)).toString()).toBe('he')
      expect((await store().head('a', 100)).toString()).toBe('hello')
    })

    it('is lent as a file', async () => {
      await put('a', 'hello')
      expect(await store().asFile('a', (path) => readFile(path, 'utf8'))).toBe('hello')
    })
  })

  describe(`${name}: a put that fails`, () => {
    it('leaves nothing when it is larger than allowed', async () => {
      const bytes = Readable.from([Buffer.alloc(60), Buffer.alloc(60)])
      await expect(store().put('a', bytes, { maxBytes: 100 })).rejects.toMatchObject({ code: 'OBJECT_TOO_LARGE' })
      expect(await store().list('')).toEqual([])
    })

    it('accepts what is exactly as large as allowed', async () => {
      expect(await store().put('a', Readable.from([Buffer.alloc(100)]), { maxBytes: 100 })).toEqual({ sizeBytes: 100 })
    })

    it('leaves what was there when the sender disconnects', async () => {
      await put('a', 'whole')
      const bytes = new Readable({ read() {} })
      const stored = store().put('a', bytes, limits)
      bytes.push(Buffer.alloc(50_000))
      setImmediate(() => bytes.destroy(new Error('gone')))
      await expect(stored).rejects.toThrow()
      expect(await text('a')).toBe('whole')
    })
  })

  describe(`${name}: a file`, () => {
    let folder: string
    beforeEach(async () => (folder = await mkdtemp(join(tmpdir(), 'object-source-'))))
    afterEach(() => rm(folder, { recursive: true }))

    it('is stored as a copy, replacing what was there', async () => {
      const source = join(folder, 'source')
      await writeFile(source, 'hello')
      await put('a', 'earlier and longer')
      expect(await store().putFile('a', source)).toEqual({ sizeBytes: 5 })
      await writeFile(source, 'changed')
      expect(await text('a')).toBe('hello')
    })

    it('that everyone may read is private once it is stored', async () => {
      const source = join(folder, 'source')
      await writeFile(source, 'hello', { mode: 0o644 })
      await store().putFile('a', source)
      expect(await store().asFile('a', async (path) => (await stat(path)).mode & 0o077)).toBe(0)
    })

    it('that is missing gives the error of the filesystem, and what was there stays', async () => {
      await put('a', 'whole')
      await expect(store().putFile('a', join(folder, 'nothing'))).rejects.toMatchObject({ code: 'ENOENT' })
      expect(await text('a')).toBe('whole')
      expect(await store().list('')).toEqual(['a'])
    })

    it('that is missing gives the error of the filesystem when it is streamed', async () => {
      await expect(store().put('a', createReadStream(join(folder, 'nothing')), limits)).rejects.toMatchObject({ code: 'ENOENT' })
    })
  })

  describe(`${name}: what is not there`, () => {
    it.each(['get', 'head', 'asFile', 'move'] as const)('%s says that it is missing', async (method) => {
      const act = {
        get: () => store().get('x/y'),
        head: () => store().head('x/y', 1),
        asFile: () => store().asFile('x/y', async () => 0),
        move: () => store().move('x/y', 'z'),
      }
      await expect(act[method]()).rejects.toMatchObject({ code: 'OBJECT_MISSING', kind: 'missing' })
    })

    it('is also missing if its key is only the start of other keys, or continues one', async () => {
      await put('a/b', 'x')
      await expect(store().get('a')).rejects.toMatchObject({ code: 'OBJECT_MISSING' })
      await expect(store().get('a/b/c')).rejects.toMatchObject({ code: 'OBJECT_MISSING' })
    })

    it('can be removed without an error', async () => {
      await put('a', 'x')
      await store().remove('a', 'never/was')
      await expect(store().get('a')).rejects.toMatchObject({ code: 'OBJECT_MISSING' })
    })
  })

  describe(`${name}: a move`, () => {
    it('gives a new name and removes the old one', async () => {
      await put('quarantine/1', 'x')
      await store().move('quarantine/1', 'media/1/original')
      expect(await store().list('')).toEqual(['media/1/original'])
      expect(await text('media/1/original')).toBe('x')
    })

    it('succeeds for one of many attempts at once', async () => {
      await put('from', 'x')
      const moves = await Promise.allSettled([1, 2, 3, 4, 5].map((n) => store().move('from', `to/${n}`)))
      expect(moves.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
      expect(await store().list('')).toHaveLength(1)
    })
  })

  describe(`${name}: a list`, () => {
    it('has the keys of a prefix in byte order', async () => {
      for (const key of ['a/b', 'a-b', 'a.b', 'ab', 'a/a/a', 'b']) await put(key, 'x')
      expect(await store().list('a')).toEqual(['a-b', 'a.b', 'a/a/a', 'a/b', 'ab'])
      expect(await store().list('a/')).toEqual(['a/a/a', 'a/b'])
      expect(await store().list('a/a')).toEqual(['a/a/a'])
      for (const none of ['c', 'c/d/', 'b/', 'b/c']) expect(await store().list(none)).toEqual([])
    })

    it('can leave out recent objects', async () => {
      await put('a', 'x')
      expect(await pages('', new Date(Date.now() - 60_000))).toEqual([])
      expect(await pages('', new Date(Date.now() + 60_000))).toEqual([['a']])
    })

    it('comes in pages', async () => {
      const keys = Array.from({ length: listPageSize + 5 }, (_, index) => `p/${String(index).padStart(5, '0')}`)
      await Promise.all(keys.map((key) => put(key, 'x')))
      expect(await pages('p/')).toEqual([keys.slice(0, listPageSize), keys.slice(listPageSize)])
      expect(await store().list('p/')).toEqual(keys.slice(0, listPageSize))
    }, 60_000)
  })

  describe(`${name}: many at once`, () => {
    it('keeps every put while its neighbours are removed', async () => {
      for (let round = 0; round < 20; round += 1) {
        await put('folder/old', 'x')
        await Promise.all([store().remove('folder/old'), put('folder/new', String(round))])
        expect(await text('folder/new')).toBe(String(round))
        await store().remove('folder/new')
      }
    })

    it('keeps every put while many others come and go beside it', async () => {
      const guest = async (name: number): Promise<void> => {
        for (let round = 0; round < 200; round += 1) {
          await put(`arriving/${name}`, 'x')
          await store().move(`arriving/${name}`, `there/${name}/original`)
          await store().remove(`there/${name}/original`)
        }
      }
      await Promise.all([guest(1), guest(2), guest(3)])
      expect(await pages('arriving/')).toEqual([])
    }, 60_000)

    it.each(['../up', '/root', 'a//b', 'a/../b', '.hidden', 'UPPER', 'a/', '', 'a b', 'a\0b', 'x'.repeat(201)])(
      'refuses %j as a key',
      async (key) => {
        await expect(put(key, 'x')).rejects.toThrow('is not an object key')
      },
    )
  })
}
