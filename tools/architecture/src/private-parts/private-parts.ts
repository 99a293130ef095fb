import { relative } from 'node:path'
import ts from 'typescript'
import { root } from '../repository.js'
import { hiddenByCast } from './casts.js'
import { hiddenMember } from './members.js'
import { hiddenOverride } from './overrides.js'
import { innerPath } from './paths.js'

export interface Reach {
  /** Relative to the root. */
  file: string
  line: number
  what: string
}

/** Places where our code uses the private parts of a library. */
export async function findReaches(program: ts.Program): Promise<Reach[]> {
  const checker = program.getTypeChecker()
  const reaches: Reach[] = []
  for (const file of program.getSourceFiles()) {
    const path = relative(root, file.fileName)
    if (path.startsWith('..') || path.includes('node_modules/')) continue
    for (const node of nodesOf(file)) {
      const what = innerPath(node) ?? hiddenMember(node, checker) ?? hiddenByCast(node, checker) ?? (await hiddenOverride(node, checker))
      if (what !== undefined) reaches.push({ file: path, line: file.getLineAndCharacterOfPosition(node.getStart()).line + 1, what })
    }
  }
  return reaches
}

function* nodesOf(node: ts.Node): Generator<ts.Node> {
  yield node
  const children: ts.Node[] = []
  ts.forEachChild(node, (child) => void children.push(child))
  for (const child of children) yield* nodesOf(child)
}
