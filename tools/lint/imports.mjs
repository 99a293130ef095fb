/** A visitor that hands over every source that a file imports, however it does so. */
export const forEachImport = (check) => ({
  ImportDeclaration: (node) => check(node.source.value, node.source),
  ExportNamedDeclaration: (node) => node.source && check(node.source.value, node.source),
  ExportAllDeclaration: (node) => check(node.source.value, node.source),
  ImportExpression: (node) => node.source.type === 'Literal' && check(node.source.value, node.source),
})

/** The npm package of an import; nothing for relative ones, for Node's own and for ours. */
export function packageOf(source) {
  if (/^(\.|node:|@kilomega\/)/.test(source)) return undefined
  const [scope, name] = source.split('/')
  return scope.startsWith('@') ? `${scope}/${name}` : scope
}
