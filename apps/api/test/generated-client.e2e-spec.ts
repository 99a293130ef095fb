import { execFile } from 'node:child_process'
import { cp, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { v7 as uuidv7 } from 'uuid'
import { openApi, type OpenedApi, operatorToken } from './open-api.js'

const run = promisify(execFile)
const root = join(import.meta.dirname, '../../..')
const minuteMs = 60_000

const compilerOptions = {
  module: 'nodenext',
  target: 'es2023',
  lib: ['es2023', 'dom', 'dom.iterable'],
  strict: true,
  noUncheckedIndexedAccess: true,
  types: ['node'],
}

describe('A TypeScript client that is generated from the OpenAPI file', () => {
  let api: OpenedApi
  let folder: string
  beforeAll(async () => {
    api = await openApi()
    folder = await mkdtemp(join(tmpdir(), 'kilomega-client-'))
    await cp(join(root, 'apps/api/test/generated-client'), folder, { recursive: true })
    await symlink(join(root, 'node_modules'), join(folder, 'node_modules'))
    await writeFile(join(folder, 'package.json'), '{ "type": "module" }')
    await writeFile(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['walk.ts', 'api.d.ts'] }))
    await writeFile(join(folder, 'openapi.json'), (await api.ask({ path: '/openapi.json' })).text)
  }, minuteMs)
  afterAll(async () => {
    await api.close()
    await rm(folder, { recursive: true })
  })

  const node = (...parameters: string[]) =>
    run(process.execPath, parameters, { cwd: folder }).catch((error: Error & { stdout: string; stderr: string }) => {
      throw new Error(`${error.message}\n${error.stdout}${error.stderr}`)
    })

  it(
    'walks the whole tour by its types, without a cast',
    async () => {
      await node('generate.mjs', 'openapi.json', 'api.d.ts')
      await node('node_modules/typescript/bin/tsc', '-p', '.')
      const { stdout } = await node('walk.js', api.url, api.internalUrl, operatorToken, [uuidv7(), uuidv7()].join())
      const stops = ['register', 'verify', 'log in', 'upload', 'write', 'write again under the same key', 'publish', 'find with a typo', 'read']
      expect(JSON.parse(stdout)).toEqual([...stops, 'change', 'send events', 'read statistics', 'read the inbox', 'log out'])
    },
    3 * minuteMs,
  )
})
