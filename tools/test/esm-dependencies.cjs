// Compiles ES-module files of node_modules to CommonJS for jest, according to the nearest package.json, so that no list of packages has to be maintained.
const { existsSync, readFileSync } = require('node:fs')
const { dirname, join } = require('node:path')
const swc = require('@swc/jest').createTransformer({
  swcrc: false,
  jsc: { target: 'es2023', parser: { syntax: 'ecmascript' } },
  module: { type: 'commonjs' },
})

const typeByFolder = new Map()

function isModuleFolder(folder) {
  const known = typeByFolder.get(folder)
  if (known !== undefined) return known
  const manifest = join(folder, 'package.json')
  const answer = existsSync(manifest) ? JSON.parse(readFileSync(manifest, 'utf8')).type === 'module' : isModuleFolder(dirname(folder))
  typeByFolder.set(folder, answer)
  return answer
}

const isModule = (file) => file.endsWith('.mjs') || (file.endsWith('.js') && isModuleFolder(dirname(file)))

module.exports = {
  process: (source, file, options) => (isModule(file) ? swc.process(source, file, options) : { code: source }),
  getCacheKey: (...parameters) => swc.getCacheKey(...parameters),
}
