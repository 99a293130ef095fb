import { importGraph } from './import-graph.js'
import { readText } from './repository.js'

/** What everything is written in; any layer that may import npm packages may import these. `pg`, because BullMQ takes pools of it; `lru-cache` is a `Map` with a bound. */
const ground = new Set([
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

describe('Packages of others', () => {
  const manifest = JSON.parse(readText('package.json')) as { dependencies: Record<string, string>; devDependencies: Record<string, string> }
  const graph = importGraph()

  it('have one home in the platform each', () => {
    const homes = new Map<string, string[]>()
    for (const { name, layer, npm } of graph) {
      if (layer !== 'platform' || name.endsWith('testing')) continue
      for (const used of npm.filter((one) => !ground.has(one))) homes.set(used, [...(homes.get(used) ?? []), name])
    }
    expect([...homes].filter(([, names]) => names.length > 1)).toEqual([])
  })

  it('are dependencies where the product uses them', () => {
    const used = new Set(graph.filter(({ layer, name }) => layer !== 'tool' && !name.endsWith('testing')).flatMap(({ npm }) => npm))
    expect([...used].filter((name) => !(name in manifest.dependencies))).toEqual([])
  })

  it('have their versions pinned', () => {
    const versions = Object.entries({ ...manifest.dependencies, ...manifest.devDependencies }).filter(([, version]) => !version.startsWith('file:'))
    expect(versions.filter(([, version]) => !/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version))).toEqual([])
  })

  it('have a line each that says why they are here', () => {
    const reasons = readText('docs/adr/0001-libraries-of-others.md')
    expect(Object.keys(manifest.dependencies).filter((name) => !reasons.includes(`\`${name}\``))).toEqual([])
  })
})
