import ts from 'typescript'
import { isOfLibrary } from './program.js'

/** A cast that gives a library's object fields that it does not expose. */
export function hiddenByCast(node: ts.Node, checker: ts.TypeChecker): string | undefined {
  if (ts.isAsExpression(node) && !ts.isAsExpression(node.parent))
    return hidden(checker.getTypeAtLocation(origin(node)), checker.getTypeAtLocation(node), checker)
  if (!ts.isCallExpression(node) || node.expression.getText() !== 'Object.assign') return undefined
  const [target, ...given] = node.arguments
  if (target === undefined) return undefined
  return given.map((one) => hidden(checker.getTypeAtLocation(target), checker.getTypeAtLocation(one), checker)).find((found) => found !== undefined)
}

/** The expression that was cast first: `pool` of `pool as unknown as Inner`. */
function origin(node: ts.AsExpression): ts.Expression {
  let inner = node.expression
  while (ts.isAsExpression(inner) || ts.isParenthesizedExpression(inner)) inner = inner.expression
  return inner
}

function hidden(from: ts.Type, to: ts.Type, checker: ts.TypeChecker): string | undefined {
  if (!partsOf(from).some((part) => isOfLibrary(part.getSymbol()?.declarations?.[0]))) return undefined
  const shown = new Set(partsOf(from).flatMap((part) => checker.getPropertiesOfType(part).map(({ name }) => name)))
  const [field] = partsOf(to)
    .flatMap((part) => checker.getPropertiesOfType(part))
    .filter((property) => !shown.has(property.name) && isOurs(property))
  return field === undefined ? undefined : `gives ${checker.typeToString(from)} a field ${field.name} that it does not show`
}

const partsOf = (type: ts.Type): readonly ts.Type[] => (type.isUnionOrIntersection() ? type.types : [type])

const isOurs = ({ declarations = [] }: ts.Symbol): boolean =>
  declarations.some((declaration) => !declaration.getSourceFile().fileName.includes('/node_modules/'))
