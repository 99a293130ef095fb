// jest -c <this file> --rootDir <package> --testMatch '**/*.spec.ts': everything runs as CommonJS, so that any Node and jest's mocks work without a flag.
import { globSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = dirname(fileURLToPath(import.meta.url))
const { exclude: _, ...swcrc } = JSON.parse(readFileSync(join(root, '.swcrc'), 'utf8'))

const packages = globSync(
  ['libs/bindings', 'libs/contracts', 'libs/{modules,platform}/*', 'apps/*', 'tools/*'].map((folder) => `${folder}/package.json`),
  { cwd: root },
)
const sources = Object.fromEntries(
  packages.map((manifest) => [`^${JSON.parse(readFileSync(join(root, manifest), 'utf8')).name}$`, join(root, dirname(manifest), 'src/index.ts')]),
)

export default {
  testEnvironment: 'node',
  passWithNoTests: true,
  // On 2 cores one test file at a time: two packages are tested at once already.
  maxWorkers: '50%',
  reporters: ['default', join(root, 'tools/test/results-reporter.cjs')],
  testTimeout: 30_000,
  transformIgnorePatterns: [],
  transform: {
    '^.+\\.ts$': ['@swc/jest', { ...swcrc, module: { type: 'commonjs' }, swcrc: false }],
    '/node_modules/.+\\.m?js$': join(root, 'tools/test/esm-dependencies.cjs'),
  },
  moduleNameMapper: { ...sources, '^(\\.{1,2}/.*)\\.js$': '$1' },
}
