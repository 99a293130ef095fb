import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { checkedKey } from './object-key.js'
import { listPageSize } from './object-store.js'

/** Keys below a prefix in byte order. Each folder is read once, when it is reached, and none outside the prefix. */
export async function* pagesBelow(root: string, prefix: string, storedBefore?: Date): AsyncGenerator<string[]> {
  const folder = prefix.slice(0, prefix.lastIndexOf('/') + 1)
  if (folder !== '') checkedKey(folder.slice(0, -1))
  let page: string[] = []
  for await (const key of walk(root, folder, prefix)) {
    if (storedBefore !== undefined && !(await isOlder(join(root, key), storedBefore))) continue
    if (page.push(key) < listPageSize) continue
    yield page
    page = []
  }
  if (page.length > 0) yield page
}

async function* walk(root: string, folder: string, prefix: string): AsyncGenerator<string> {
  for (const name of await sortedNames(join(root, folder))) {
    const key = folder + name
    if (!key.startsWith(prefix)) continue
    if (key.endsWith('/')) yield* walk(root, key, prefix)
    else yield key
  }
}

/**
 * Folders end with a slash, so that they sort like the keys in them. Hidden names are not objects. Something that is not a folder, or no longer exists,
 * counts as empty.
 */
async function sortedNames(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return []
    throw error
  })
  return entries
    .filter(({ name }) => !name.startsWith('.'))
    .map((entry) => (entry.isDirectory() ? `${entry.name}/` : entry.name))
    .sort()
}

const isOlder = (path: string, time: Date): Promise<boolean> =>
  stat(path).then(
    ({ mtimeMs }) => mtimeMs < time.getTime(),
    () => false,
  )
