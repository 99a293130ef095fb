/**
 * Lines of code (without blank lines and comments) and parameters of a function. A block of tests (`describe`, `describeBindings`, …) may be as long
 * as its cases, and may have a parameter for each column of a table.
 */
export default {
  meta: {
    type: 'suggestion',
    schema: [
      { type: 'object', properties: { lines: { type: 'integer' }, parameters: { type: 'integer' }, constructorParameters: { type: 'integer' } } },
    ],
    messages: {
      lines: 'This function has {{count}} lines of code; {{limit}} are allowed.',
      parameters: 'This function takes {{count}} parameters; {{limit}} are allowed.',
    },
  },
  create(context) {
    const [{ lines, parameters, constructorParameters }] = context.options
    const check = (node) => {
      if (isBlockOfTests(context, node)) return
      const limit = isConstructor(node) ? constructorParameters : parameters
      if (node.params.length > limit) context.report({ node, messageId: 'parameters', data: { count: node.params.length, limit } })
      const count = linesOfCode(context.sourceCode, node)
      if (count > lines) context.report({ node, messageId: 'lines', data: { count, limit: lines } })
    }
    return { FunctionDeclaration: check, FunctionExpression: check, ArrowFunctionExpression: check }
  },
}

const isConstructor = ({ parent }) => parent.type === 'MethodDefinition' && parent.kind === 'constructor'

function isBlockOfTests({ filename, sourceCode }, node) {
  if (filename.endsWith('.suite.ts')) return sourceCode.getText(node).includes('describe(') || sourceCode.getText(node).includes('it(')
  return node.parent.type === 'CallExpression' && /^describe/.test(sourceCode.getText(node.parent.callee))
}

function linesOfCode(sourceCode, node) {
  const commented = new Set()
  for (const { loc } of sourceCode.getCommentsInside(node)) for (let line = loc.start.line; line <= loc.end.line; line++) commented.add(line)
  for (const { loc } of sourceCode.getTokens(node)) commented.delete(loc.start.line)
  let count = 0
  for (let line = node.loc.start.line; line <= node.loc.end.line; line++) {
    if (sourceCode.lines[line - 1].trim() !== '' && !commented.has(line)) count++
  }
  return count
}
