import { forEachImport, packageOf } from './imports.mjs'

const zod = ['zod']
const nest = [/^@nestjs\//, 'reflect-metadata', 'rxjs']
const testing = /(\.(spec|int-spec|e2e-spec|fault-spec|suite)\.ts$)|(\/test\/)/
/** A driver file named after its technology: the only kind of file in a module that may import a client library. */
const driver = /\/drivers\/[a-z-]+\.[a-z0-9-]+\.ts$/

const layers = [
  { path: /\/libs\/bindings\//, allowed: [] },
  { path: /\/libs\/contracts\//, allowed: zod },
  { path: /\/libs\/platform\/ports\//, allowed: zod },
  { path: /\/libs\/modules\//, allowed: [...zod, ...nest, 'typeorm', 'bullmq'] },
  { path: /\/apps\/km\//, allowed: [...zod, ...nest, 'commander', 'cli-progress', 'cli-table3', 'picocolors'] },
  // Controllers use Fastify's request and reply.
  { path: /\/apps\//, allowed: [...zod, ...nest, 'fastify'] },
]

/** The npm packages that a layer may import. Platform libraries may import any; an architecture test checks that each package is used in only one of them. */
export default {
  meta: { type: 'problem', schema: [], messages: { foreign: '{{layer}} may not import {{name}}.' } },
  create(context) {
    const path = context.filename.replaceAll('\\', '/')
    const layer = layers.find((candidate) => candidate.path.test(path))
    if (layer === undefined || testing.test(path) || driver.test(path)) return {}
    return forEachImport((source, node) => {
      const name = packageOf(source)
      if (name === undefined || layer.allowed.some((one) => (one instanceof RegExp ? one.test(name) : one === name))) return
      context.report({ node, messageId: 'foreign', data: { layer: layer.path.source.replaceAll('\\/', '/').slice(1, -1), name } })
    })
  },
}
