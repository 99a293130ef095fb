import typescript from 'typescript'
import { isTest, type Package, packages, readText, sources } from './repository.js'

export interface PackageImports extends Package {
  /** Names of our own packages, sorted. */
  imports: string[]
  /** npm packages, sorted; without Node's own modules. */
  npm: string[]
}

/** The imports of each package's code, without its tests. */
export function importGraph(): PackageImports[] {
  const files = sources().filter((path) => !isTest(path))
  return packages().map((one) => {
    const imports = files.filter((path) => path.startsWith(`${one.folder}/`)).flatMap((path) => importsOf(readText(path)))
    return {
      ...one,
      imports: inOrder(imports.filter(isOurs)).filter((name) => name !== one.name),
      npm: inOrder(imports.filter(isNpm).map(packageOf)),
    }
  })
}

/** Every module that a text imports, statically or dynamically. */
export const importsOf = (text: string): string[] => typescript.preProcessFile(text, true, true).importedFiles.map(({ fileName }) => fileName)

const isOurs = (source: string): boolean => source.startsWith('@kilomega/')
const isNpm = (source: string): boolean => !/^(\.|node:|@kilomega\/)/.test(source)
const packageOf = (source: string): string => source.split('/', source.startsWith('@') ? 2 : 1).join('/')
const inOrder = (names: readonly string[]): string[] => [...new Set(names)].sort()
