import { importGraph } from './import-graph.js'

const forTests = ['@kilomega/testing', '@kilomega/port-testing']
/** `km extract report` runs the tests of a port for whoever asks; km loads them then and only then. */
const testsForUsers = ['@kilomega/km']

it('Code that runs in production imports no library for tests', () => {
  const others = importGraph().filter(({ name }) => ![...forTests, ...testsForUsers].includes(name))
  expect(others.filter(({ imports }) => imports.some((name) => forTests.includes(name))).map(({ name }) => name)).toEqual([])
})
