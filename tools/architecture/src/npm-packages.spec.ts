import { importGraph } from './import-graph.js'
import { readText } from './repository.js'

/**
 * The basis of all code; every layer that may import npm packages may import these. `pg`, because BullMQ takes its pools; `ioredis`, because the queue and HTTP each keep
 * something in a Redis of their own; `lru-cache` is a bounded `Map`.
 */
const ground = new Set([
  'ioredis',
  'lru-cache',
  'pg',
  '@nestjs/common',
  '@nestjs/core',
  '@nestjs/platform-fastify',
  'reflect-metadata',
  'rxjs',
  'typeorm',
  'zod',
])

describe('Third-party packages', () => {
  const manifest = JSON.parse(readText('package.json')) as { dependencies: Record<string, string>; devDependencies: Record<string, string> }
  const graph = importGraph()

  it('are each used in one platform library only', () => {
    const homes = new Map<string, string[]>()
    for (const { name, layer, npm } of graph) {
      if (layer !== 'platform' || name.endsWith('testing')) continue
      for (const used of npm.filter((one) => !ground.has(one))) homes.set(used, [...(homes.get(used) ?? []), name])
    }
    expect([...homes].filter(([, names]) => names.length > 1)).toEqual([])
  })

  it('are dependencies, not devDependencies, if the product uses them', () => {
    const used = new Set(graph.filter(({ layer, name }) => layer !== 'tool' && !name.endsWith('testing')).flatMap(({ npm }) => npm))
    expect([...used].filter((name) => !(name in manifest.dependencies))).toEqual([])
  })

  it('have pinned versions', () => {
    const versions = Object.entries({ ...manifest.dependencies, ...manifest.devDependencies }).filter(([, version]) => !version.startsWith('file:'))
    expect(versions.filter(([, version]) => !/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version))).toEqual([])
  })

  it('each have a line that says why they are used', () => {
    const reasons = readText('docs/adr/0001-libraries-of-others.md')
    expect(Object.keys(manifest.dependencies).filter((name) => !reasons.includes(`\`${name}\``))).toEqual([])
  })
})
