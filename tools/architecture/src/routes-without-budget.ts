import ts from 'typescript'

/** The methods with a `@Route` that names no `budget`, as `<class>.<method>`. A budget in an object that is spread into the options does not count: it belongs beside its route. */
export function routesWithoutBudget(code: string): string[] {
  const missing: string[] = []
  const look = (node: ts.Node): void => {
    if (ts.isMethodDeclaration(node) && isRouteWithoutBudget(node)) missing.push(`${nameOf(node.parent)}.${node.name.getText()}`)
    ts.forEachChild(node, look)
  }
  look(ts.createSourceFile('routes.ts', code, ts.ScriptTarget.Latest, true))
  return missing
}

function isRouteWithoutBudget(method: ts.MethodDeclaration): boolean {
  const calls = (ts.getDecorators(method) ?? []).map(({ expression }) => expression).filter(ts.isCallExpression)
  const routes = calls.filter(({ expression }) => expression.getText() === 'Route')
  return routes.some(({ arguments: [options] }) => options === undefined || !ts.isObjectLiteralExpression(options) || !hasBudget(options))
}

const hasBudget = ({ properties }: ts.ObjectLiteralExpression): boolean => properties.some(({ name }) => name?.getText() === 'budget')

const nameOf = (parent: ts.Node): string => (ts.isClassDeclaration(parent) ? (parent.name?.text ?? '') : '')
