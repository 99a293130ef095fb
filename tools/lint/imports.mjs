/** A visitor that reports every source that a file imports, by whatever syntax. */
export const forEachImport = (check) => ({
  ImportDeclaration: (node) => check(node.source.value, node.source),
  ExportNamedDeclaration: (node) => node.source && check(node.source.value, node.source),
  ExportAllDeclaration: (node) => check(node.source.value, node.source),
  ImportExpression: (node) => node.source.type === 'Literal' && check(node.source.value, node.source),
})

/** The npm package of an import; undefined for relative imports, Node's own modules and our packages. */
export function packageOf(source) {
  if (/^(\.|node:|@kilomega\/)/.test(source)) return undefined
  const [scope, name] = source.split('/')
  return scope.startsWith('@') ? `${scope}/${name}` : scope
}
