import { createRequire } from 'node:module'
import { join } from 'node:path'
import ts from 'typescript'
import { root } from '../repository.js'
import { isOfLibrary } from './program.js'

const require = createRequire(join(root, 'package.json'))

/** A method that a library's class has but does not declare, replaced by one of our classes. */
export async function hiddenOverride(node: ts.Node, checker: ts.TypeChecker): Promise<string | undefined> {
  if (!ts.isClassLike(node)) return undefined
  const base = node.heritageClauses?.find(({ token }) => token === ts.SyntaxKind.ExtendsKeyword)?.types[0]
  if (base === undefined) return undefined
  const type = checker.getTypeAtLocation(base)
  if (!isOfLibrary(type.getSymbol()?.declarations?.[0])) return undefined
  const prototype = await prototypeOf(base.expression, checker)
  const names = node.members.flatMap(({ name }) => (name !== undefined && ts.isIdentifier(name) ? [name.text] : []))
  const hidden = names.find((name) => type.getProperty(name) === undefined && prototype !== undefined && name in prototype)
  return hidden === undefined ? undefined : `replaces ${hidden} of ${base.expression.getText()}, which is not public`
}

async function prototypeOf(name: ts.Expression, checker: ts.TypeChecker): Promise<object | undefined> {
  const specifier = checker.getSymbolAtLocation(name)?.declarations?.find(ts.isImportSpecifier)
  if (specifier === undefined) return undefined
  const { text } = specifier.parent.parent.parent.moduleSpecifier as ts.StringLiteral
  const loaded = (await import(require.resolve(text))) as Record<string, { prototype?: object }>
  return loaded[(specifier.propertyName ?? specifier.name).text]?.prototype
}
