import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { forEachImport } from './imports.mjs'

const modules = new URL('../../libs/modules/', import.meta.url)
const isModule = (source) => {
  const name = /^@kilomega\/([a-z-]+)$/.exec(source)?.[1]
  return name !== undefined && existsSync(fileURLToPath(new URL(name, modules)))
}

/** An app, or the list of bindings, may name a module only in `bind(Port, () => import('@kilomega/…'))`. */
export default {
  meta: {
    type: 'problem',
    schema: [],
    messages: { fixed: 'A module is imported with import() inside bind(…) only, so that the port may be remote.' },
  },
  create(context) {
    return forEachImport((source, node) => {
      if (node.parent.type !== 'ImportExpression' && isModule(source)) context.report({ node, messageId: 'fixed' })
    })
  },
}
