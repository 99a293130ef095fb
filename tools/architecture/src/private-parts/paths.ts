import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import ts from 'typescript'
import { root } from '../repository.js'

/** An inner path of a package: one that its `exports` do not name, or that is called internal. Patterns such as `./*` name nothing. */
export function innerPath(node: ts.Node): string | undefined {
  const specifier = specifierOf(node)
  const [, name, path] = /^((?:@[^/]+\/)?[^./@][^/]*)\/(.+)$/.exec(specifier ?? '') ?? []
  if (name === undefined || path === undefined || name.startsWith('node:') || path === 'package.json') return undefined
  return isNamed(name, `./${path}`) ? undefined : `imports ${specifier}`
}

function specifierOf(node: ts.Node): string | undefined {
  if ((ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) && node.moduleSpecifier !== undefined)
    return (node.moduleSpecifier as ts.StringLiteral).text
  if (!ts.isCallExpression(node) || !/^(import|require|jest\.mock)$|\.resolve$/.test(node.expression.getText())) return undefined
  const [first] = node.arguments
  return first !== undefined && ts.isStringLiteral(first) ? first.text : undefined
}

function isNamed(name: string, path: string): boolean {
  const manifest = join(root, 'node_modules', name, 'package.json')
  if (!existsSync(manifest)) return true
  const { exports } = JSON.parse(readFileSync(manifest, 'utf8')) as { exports?: Record<string, unknown> }
  return exports !== undefined && path in exports && !/internal/.test(path)
}
