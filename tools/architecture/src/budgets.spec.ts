import { isTest, readText, sources } from './repository.js'

const budget = { median: 60, p90: 150, most: 300 }

describe('The size of files', () => {
  const sizes = sources()
    .filter((path) => !isTest(path))
    .map((path) => ({ path, lines: readText(path).trimEnd().split('\n').length }))
    .sort((a, b) => a.lines - b.lines)
  const at = (share: number): number => sizes[Math.floor((sizes.length - 1) * share)]?.lines ?? 0

  it(`has a median of ${budget.median} lines at most`, () => {
    expect(at(0.5)).toBeLessThanOrEqual(budget.median)
  })

  it(`is ${budget.p90} lines at most for nine of ten`, () => {
    expect(at(0.9)).toBeLessThanOrEqual(budget.p90)
  })

  it(`is never over ${budget.most} lines, tests included`, () => {
    const long = sources().filter((path) => readText(path).trimEnd().split('\n').length > budget.most)
    expect(long).toEqual([])
  })
})

describe('SQL written by hand', () => {
  const mostInModules = 30

  it(`is at most ${mostInModules} statements in the modules, which speak to their tables through TypeORM`, () => {
    const ofModules = sources().filter((path) => path.startsWith('libs/modules/') && !isTest(path) && !path.includes('/migrations/'))
    const statements = ofModules.flatMap((path) => readText(path).match(/\.query(<[^(]*>)?\(/g) ?? [])
    expect(statements.length).toBeGreaterThan(0)
    expect(statements.length).toBeLessThanOrEqual(mostInModules)
  })
})
