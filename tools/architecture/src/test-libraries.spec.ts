import { importGraph } from './import-graph.js'

const forTests = ['@kilomega/testing', '@kilomega/port-testing']

it('Code that runs in production imports no library for tests', () => {
  const others = importGraph().filter(({ name }) => !forTests.includes(name))
  expect(others.filter(({ imports }) => imports.some((name) => forTests.includes(name))).map(({ name }) => name)).toEqual([])
})
