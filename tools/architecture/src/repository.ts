import { existsSync, globSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

export const root = join(import.meta.dirname, '../../..')

export interface Package {
  name: string
  /** Relative to the root, with slashes. */
  folder: string
  /** `app`, `bindings`, `module`, `contract`, `platform`, `kernel` or `tool`. */
  layer: string
}

/** The packages of the repository, sorted by folder. */
export function packages(): Package[] {
  const manifests = globSync(
    ['apps/*/package.json', 'libs/{bindings,contracts}/package.json', 'libs/*/*/package.json', 'tools/architecture/package.json'],
    { cwd: root },
  )
  return manifests.sort().map((path) => {
    const { name, nx } = JSON.parse(readText(path)) as { name: string; nx: { tags: string[] } }
    const layer = nx.tags.find((tag) => tag.startsWith('type:'))?.slice('type:'.length) ?? 'none'
    return { name, folder: dirname(path), layer }
  })
}

export const modules = (): Package[] => packages().filter(({ layer }) => layer === 'module')

export const readText = (path: string): string => readFileSync(join(root, path), 'utf8')

/** Every file below a folder, relative to it, without build results and what runs leave behind. */
export function filesBelow(folder: string): string[] {
  if (!existsSync(join(root, folder))) return []
  const entries = readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name).slice(join(root, folder).length + 1))
  return paths.filter((path) => !/(^|\/)(dist|node_modules|\.results|coverage)\//.test(path)).sort()
}

/** Our own source files in every package. */
export const sources = (): string[] =>
  packages().flatMap(({ folder }) =>
    filesBelow(folder)
      .filter((path) => path.endsWith('.ts'))
      .map((path) => `${folder}/${path}`),
  )

export const isTest = (path: string): boolean => /(\.(spec|int-spec|e2e-spec|fault-spec|suite)\.ts$)|(\/test\/)/.test(path)
