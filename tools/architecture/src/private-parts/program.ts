import { dirname, join } from 'node:path'
import ts from 'typescript'
import { readText, root, sources } from '../repository.js'

/** All sources with their types, together with texts that are in no file. */
export function programOf(planted: ReadonlyMap<string, string>): ts.Program {
  const base = ts.parseConfigFileTextToJson('tsconfig.base.json', readText('tsconfig.base.json')) as { config: { compilerOptions: object } }
  const { options } = ts.convertCompilerOptionsFromJson(base.config.compilerOptions, root)
  const host = ts.createCompilerHost(options)
  const { fileExists, readFile, getSourceFile } = host
  const texts = new Map([...planted].map(([path, text]) => [join(root, path), text]))
  host.fileExists = (path) => texts.has(path) || fileExists(path)
  host.readFile = (path) => texts.get(path) ?? readFile(path)
  host.getSourceFile = (path, languageOptions, ...more) => {
    const text = texts.get(path)
    if (text === undefined) return getSourceFile(path, languageOptions, ...more)
    return ts.createSourceFile(path, text, { ...(languageOptions as object), impliedNodeFormat: ts.ModuleKind.ESNext } as ts.CreateSourceFileOptions)
  }
  host.getCurrentDirectory = () => root
  const own = sources().filter((path) => !path.startsWith('apps/console/'))
  return ts.createProgram([...own.map((path) => join(root, path)), ...texts.keys()], options, host)
}

/** Whether something is declared by a library and not by us; what belongs to the language or to Node does not count. */
export function isOfLibrary(declaration: ts.Declaration | undefined): boolean {
  const folder = declaration === undefined ? '' : dirname(declaration.getSourceFile().fileName)
  return folder.includes('/node_modules/') && !/\/node_modules\/(typescript|@types\/node|@types\/jest)(\/|$)/.test(folder)
}
