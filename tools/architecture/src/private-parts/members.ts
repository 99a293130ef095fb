import ts from 'typescript'
import { isOfLibrary } from './program.js'

/** A member whose name says that it is private, and changes to or copies from a library's classes. */
export function hiddenMember(node: ts.Node, checker: ts.TypeChecker): string | undefined {
  const name = nameOf(node)
  if (name?.startsWith('_') && !name.startsWith('__')) return `reads ${name}`
  if (name === 'prototype' && isOfLibrary(declarationOf((node as ts.PropertyAccessExpression).expression, checker)))
    return 'takes a prototype of a library'
  if (!ts.isCallExpression(node)) return undefined
  const [first] = node.arguments
  const called = node.expression.getText()
  if (called === 'Symbol.for') return 'takes a symbol that libraries share among themselves'
  if (first === undefined || !/^(Object|Reflect)\.(create|setPrototypeOf)$/.test(called)) return undefined
  return isOfLibrary(checker.getTypeAtLocation(first).getSymbol()?.declarations?.[0]) ? 'imitates an object of a library' : undefined
}

function nameOf(node: ts.Node): string | undefined {
  if (ts.isPropertyAccessExpression(node)) return node.name.text
  if (ts.isElementAccessExpression(node) && ts.isStringLiteral(node.argumentExpression)) return node.argumentExpression.text
  if (ts.isBindingElement(node) && ts.isObjectBindingPattern(node.parent)) return (node.propertyName ?? node.name).getText()
  return undefined
}

function declarationOf(node: ts.Expression, checker: ts.TypeChecker): ts.Declaration | undefined {
  const symbol = checker.getSymbolAtLocation(node)
  if (symbol === undefined) return undefined
  const meant = symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol
  return meant.declarations?.[0]
}
