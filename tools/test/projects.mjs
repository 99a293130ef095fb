import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from '../start/repository.mjs'

/** The packages of the repository, each with those of `targets` that it has. */
export function projectsWith(targets) {
  const { workspaces } = manifestOf('.')
  return workspaces.flatMap(foldersOf).map((folder) => {
    const { name, scripts = {} } = manifestOf(folder)
    return { name, folder, targets: targets.filter((target) => target in scripts) }
  })
}

const manifestOf = (folder) => JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8'))

function foldersOf(pattern) {
  if (!pattern.endsWith('/*')) return [pattern]
  const parent = pattern.slice(0, -2)
  return readdirSync(join(root, parent))
    .map((name) => `${parent}/${name}`)
    .filter((folder) => existsSync(join(root, folder, 'package.json')))
}
