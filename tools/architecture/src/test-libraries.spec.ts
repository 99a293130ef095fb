import { importGraph } from './import-graph.js'

const forTests = ['@kilomega/testing', '@kilomega/port-testing']
/** `km extract report` runs the tests of a port on request; km loads them only then. */
const testsForUsers = ['@kilomega/km']

it('Production code imports no test library', () => {
  const others = importGraph().filter(({ name }) => ![...forTests, ...testsForUsers].includes(name))
  expect(others.filter(({ imports }) => imports.some((name) => forTests.includes(name))).map(({ name }) => name)).toEqual([])
})
